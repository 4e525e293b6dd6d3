/** Tests of the sandbox. */
@NullMarked
package dev.teletun.lab.sandbox;

import org.jspecify.annotations.NullMarked;
