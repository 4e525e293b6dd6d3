/** Addresses and prefixes as values. Knows no socket. */
@NullMarked
package dev.teletun.protocol.address;

import org.jspecify.annotations.NullMarked;
