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
 *   7  switched   both    4 bytes: number of the switch, 1 byte: 1 the sender's first message on
 *                         this transport, 2 its last
 * </pre>
 *
 * An empty record is a keepalive, as in version 1. Unknown types are skipped.
 *
 * <h2>Over TCP</h2>
 *
 * Where UDP does not get through, a second TLS connection to the same port, ALPN {@code
 * teletun-data/2}, carries the same packets and messages, each behind its length:
 *
 * <pre>
 *   2 bytes  length, big endian, 1 to 65535
 *   a packet, or a message of above
 * </pre>
 *
 * The client's first message is hello, within 10 s; the server answers with hello-ack, or closes
 * the connection if the token is another. A session has one such connection: a newer one replaces
 * it, and the end of the session ends it.
 *
 * <h2>Switching</h2>
 *
 * A packet goes on exactly one transport, and both ends take what comes on either. A session begins
 * on UDP. The client decides; it counts its switches from 1, and the server follows the highest
 * number (in serial arithmetic, RFC 1982):
 *
 * <pre>
 *   client                              server
 *   sends no packet more
 *   switched(n, last) on the old ──►    has all that came before it; sends no packet more
 *             ◄── switched(n, last) on the old
 *   switched(n, first) on the new ──►   sends on the new from now on
 *             ◄── switched(n, first) on the new
 * </pre>
 *
 * Because nobody begins on the new transport before the old one is empty both ways, nothing is
 * reordered. Where the old one is dead, or does not answer within a second, the client begins with
 * the third message. That one is repeated over UDP until it is answered, and answered each time. A
 * server that hears no third message goes on with the old transport after two seconds. When the
 * connection that a server sends on ends, it sends over UDP until the client has said where.
 */
@NullMarked
package dev.teletun.protocol.data;

import org.jspecify.annotations.NullMarked;
