/** Tests of the handshake: lossy links, attackers without a key, and peers that are not ours. */
@NullMarked
package dev.teletun.dtls.handshake;

import org.jspecify.annotations.NullMarked;
