/**
 * Inputs that nobody thought of, against whatever takes bytes from somebody else: each class with a
 * {@code fuzzerTestOneInput} is a target, and says what must hold whatever comes.
 */
@NullMarked
package dev.teletun.fuzz;

import org.jspecify.annotations.NullMarked;
