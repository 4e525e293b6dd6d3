/** What the two programs of a pair send each other over AF_UNIX. Knows no socket. */
@NullMarked
package dev.teletun.protocol.unix;

import org.jspecify.annotations.NullMarked;
