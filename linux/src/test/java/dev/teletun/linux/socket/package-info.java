/** Tests of {@link dev.teletun.linux.socket} against the JDK's sockets. */
@NullMarked
package dev.teletun.linux.socket;

import org.jspecify.annotations.NullMarked;
