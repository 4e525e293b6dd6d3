/** Bytes of an IP packet: header fields, checksums, whether it is well formed. Knows no frame. */
@NullMarked
package dev.teletun.protocol.packet;

import org.jspecify.annotations.NullMarked;
