/** What the user sees: result lines, progress, errors. Knows no command. */
@NullMarked
package dev.teletun.cli.screen;

import org.jspecify.annotations.NullMarked;
