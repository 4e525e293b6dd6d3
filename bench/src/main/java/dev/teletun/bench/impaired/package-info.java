/** Measures what a bad path costs inside the tunnel and beside it. */
@NullMarked
package dev.teletun.bench.impaired;

import org.jspecify.annotations.NullMarked;
