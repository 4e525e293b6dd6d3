/**
 * The DTLS 1.2 handshake, run by BouncyCastle behind a guard, up to the point where the keys are
 * known. The only package that knows BouncyCastle's TLS.
 */
@NullMarked
package dev.teletun.dtls.handshake;

import org.jspecify.annotations.NullMarked;
