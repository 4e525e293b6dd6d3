/** Tests of what is counted, without a lab. */
@NullMarked
package dev.teletun.bench.soak;

import org.jspecify.annotations.NullMarked;
