/**
 * What an end means to the caller: an exit code and one line. Knows the exceptions of all modules.
 */
@NullMarked
package dev.teletun.cli.outcome;

import org.jspecify.annotations.NullMarked;
