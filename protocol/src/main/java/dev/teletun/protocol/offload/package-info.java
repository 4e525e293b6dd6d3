/**
 * Superpackets: apart into segments, and together again. What a network card would do for the TUN.
 */
@NullMarked
package dev.teletun.protocol.offload;

import org.jspecify.annotations.NullMarked;
