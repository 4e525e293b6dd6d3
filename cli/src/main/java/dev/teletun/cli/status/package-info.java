/**
 * How a running program says what it does: the socket for {@code teletun status}, its words, and
 * OpenMetrics.
 */
@NullMarked
package dev.teletun.cli.status;

import org.jspecify.annotations.NullMarked;
