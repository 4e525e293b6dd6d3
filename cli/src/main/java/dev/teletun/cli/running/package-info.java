/** Keeps a program running until it ends or a signal asks for it. */
@NullMarked
package dev.teletun.cli.running;

import org.jspecify.annotations.NullMarked;
