/** Tests of how figures are read and put together. */
@NullMarked
package dev.teletun.bench.peers;

import org.jspecify.annotations.NullMarked;
