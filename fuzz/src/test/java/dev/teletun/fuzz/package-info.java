/** Repeats the kept corpus. */
@NullMarked
package dev.teletun.fuzz;

import org.jspecify.annotations.NullMarked;
