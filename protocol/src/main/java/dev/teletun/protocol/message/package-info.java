/**
 * What version 2 of the control protocol says after addresses and resolv.conf, both ways:
 *
 * <pre>
 *   1 byte   type
 *   3 bytes  length of the body, big endian, at most 128 KiB
 *   body
 *
 *   type                 from    body
 *   1  attach            client  1 byte of flags (1 take over, 2 a token follows), 16 bytes of
 *                                instance id, [16 bytes of token], who it is in UTF-8
 *   2  attached          server  1 byte of flags (1 the session goes on), 16 bytes of token
 *   3  busy              server  8 bytes: since when in seconds of 1970, who in UTF-8
 *   4  ping              both    8 bytes, any
 *   5  pong              both    the 8 bytes of the ping
 *   6  drain             server  4 bytes: dial again after a random time up to this, milliseconds
 *   7  addresses changed server  addresses as in step 2, NUL, resolv.conf
 *   8  facts             server  2 bytes MTU of the pod's TUN, 2 bytes MTU of its interface, 1 byte
 *                                length and that much cluster domain in ASCII, then for each
 *                                prefix 1 byte family (4 or 6), 1 byte length in bits, its address
 *   9  bye               both    why, in UTF-8
 * </pre>
 *
 * A body may be longer than a type says: a later version appended something, to be skipped. Unknown
 * types are skipped. Texts are cut at 256 bytes, and not to be trusted.
 */
@NullMarked
package dev.teletun.protocol.message;

import org.jspecify.annotations.NullMarked;
