/**
 * An established DTLS association: packets to records and back, on one thread. Knows nothing of
 * BouncyCastle, which made the keys and is out of the path.
 */
@NullMarked
package dev.teletun.dtls.association;

import org.jspecify.annotations.NullMarked;
