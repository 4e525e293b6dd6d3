/** Tests of the demonstration. */
@NullMarked
package dev.teletun.lab.demo;

import org.jspecify.annotations.NullMarked;
