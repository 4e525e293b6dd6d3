/** Tests of packet ports, over real sockets and devices. */
@NullMarked
package dev.teletun.linux.port;

import org.jspecify.annotations.NullMarked;
