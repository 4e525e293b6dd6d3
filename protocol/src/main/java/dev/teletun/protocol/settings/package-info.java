/**
 * Checking what a user asked for, so that every problem is told at once. Knows no option's name.
 */
@NullMarked
package dev.teletun.protocol.settings;

import org.jspecify.annotations.NullMarked;
