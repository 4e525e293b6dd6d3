/** How soon commands answer, and clients are connected. */
@NullMarked
package dev.teletun.bench.start;

import org.jspecify.annotations.NullMarked;
