/** Tests of UDP sockets, over loopback. */
@NullMarked
package dev.teletun.linux.udp;

import org.jspecify.annotations.NullMarked;
