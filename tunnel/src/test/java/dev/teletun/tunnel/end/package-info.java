/** Both ends of a tunnel over loopback, without a device. */
@NullMarked
package dev.teletun.tunnel.end;

import org.jspecify.annotations.NullMarked;
