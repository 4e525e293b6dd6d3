/** Carries load for a long time while things go wrong, and says what did not survive. */
@NullMarked
package dev.teletun.bench.soak;

import org.jspecify.annotations.NullMarked;
