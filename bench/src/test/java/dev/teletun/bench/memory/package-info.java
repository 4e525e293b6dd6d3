/** Tests of how figures of memory are read. */
@NullMarked
package dev.teletun.bench.memory;

import org.jspecify.annotations.NullMarked;
