/**
 * Protected records of DTLS 1.2 (RFC 6347 §4.1) with AES-GCM (RFC 5288), epoch 1 only. Knows
 * neither handshakes nor sockets; nothing here is thread-safe.
 */
@NullMarked
package dev.teletun.dtls.record;

import org.jspecify.annotations.NullMarked;
