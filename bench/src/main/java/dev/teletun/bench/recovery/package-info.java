/** Measures how long things take to go on after something happened, against their goals. */
@NullMarked
package dev.teletun.bench.recovery;

import org.jspecify.annotations.NullMarked;
