/** Measures how long handshakes take on a bad network, and how many fail. */
@NullMarked
package dev.teletun.bench.handshakes;

import org.jspecify.annotations.NullMarked;
