/** Tests of how figures are read and put together. */
@NullMarked
package dev.teletun.bench.attack;

import org.jspecify.annotations.NullMarked;
