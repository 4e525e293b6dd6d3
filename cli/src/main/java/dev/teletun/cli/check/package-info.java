/** Reads the values of options; what is wrong with them becomes a problem. Opens nothing. */
@NullMarked
package dev.teletun.cli.check;

import org.jspecify.annotations.NullMarked;
