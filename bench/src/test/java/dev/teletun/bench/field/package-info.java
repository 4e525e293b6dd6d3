/** Tests of what is counted, without a lab. */
@NullMarked
package dev.teletun.bench.field;

import org.jspecify.annotations.NullMarked;
