/** Tests of the table of sockets. */
@NullMarked
package dev.teletun.linux.diag;

import org.jspecify.annotations.NullMarked;
