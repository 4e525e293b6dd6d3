/**
 * The {@code teletun} program: its commands and their help. The only place that ends the process.
 */
@NullMarked
package dev.teletun.cli;

import org.jspecify.annotations.NullMarked;
