/**
 * What version 2 of the protocol sends between packets on the data channel. The first nibble is 0,
 * which no IP packet has:
 *
 * <pre>
 *   byte 0        from    the rest
 *   1  hello      client  16 bytes of token: the first record of an association, again until acked
 *   2  hello-ack  server  nothing
 *   3  echo       both    4 bytes, any: are you there?
 *   4  echo-ack   both    the 4 bytes of the echo
 *   5  probe      both    4 bytes, any, and zeros up to the size that is tried (RFC 8899)
 *   6  probe-ack  both    the 4 bytes of the probe, 2 bytes of the size that arrived
 *   7  switched   both    nothing: the sender's last message on this transport
 * </pre>
 *
 * An empty record is a keepalive, as in version 1. Unknown types are skipped.
 */
@NullMarked
package dev.teletun.protocol.data;

import org.jspecify.annotations.NullMarked;
