/** What a program counts and what it is: by name, for people and for monitoring. No I/O. */
@NullMarked
package dev.teletun.protocol.count;

import org.jspecify.annotations.NullMarked;
