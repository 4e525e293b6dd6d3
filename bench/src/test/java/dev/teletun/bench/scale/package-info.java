/** Tests of how curves are put together. */
@NullMarked
package dev.teletun.bench.scale;

import org.jspecify.annotations.NullMarked;
