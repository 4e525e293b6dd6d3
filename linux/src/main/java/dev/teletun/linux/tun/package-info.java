/** The TUN device. Knows no packet. */
@NullMarked
package dev.teletun.linux.tun;

import org.jspecify.annotations.NullMarked;
