/** Measures what attackers without a key cost. */
@NullMarked
package dev.teletun.bench.attack;

import org.jspecify.annotations.NullMarked;
