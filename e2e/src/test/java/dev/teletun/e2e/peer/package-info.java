/** A program that speaks version 1 of the protocol with other people's DTLS, and has no TUN. */
@NullMarked
package dev.teletun.e2e.peer;

import org.jspecify.annotations.NullMarked;
