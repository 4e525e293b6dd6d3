/** Handshakes that can be repeated byte by byte, for the fuzzer. */
@NullMarked
package dev.teletun.dtls.handshake;

import org.jspecify.annotations.NullMarked;
