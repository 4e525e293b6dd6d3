/** Sealed records on their way out over UDP, in trains of equal size. Knows no packet. */
@NullMarked
package dev.teletun.tunnel.transport;

import org.jspecify.annotations.NullMarked;
