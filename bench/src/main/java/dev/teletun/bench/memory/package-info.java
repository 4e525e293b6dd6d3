/** Measures what the three programs keep resident, at full rate and after reconnections. */
@NullMarked
package dev.teletun.bench.memory;

import org.jspecify.annotations.NullMarked;
