/**
 * Netlink messages (RFC 3549 §2.3.2) and the socket that exchanges them with the kernel; knows no
 * family.
 */
@NullMarked
package dev.teletun.linux.netlink;

import org.jspecify.annotations.NullMarked;
