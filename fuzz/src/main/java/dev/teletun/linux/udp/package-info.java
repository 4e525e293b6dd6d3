/** Lets the fuzzer's datagrams arrive without a socket. */
@NullMarked
package dev.teletun.linux.udp;

import org.jspecify.annotations.NullMarked;
