/** Tests of the relay. */
@NullMarked
package dev.teletun.lab.relay;

import org.jspecify.annotations.NullMarked;
