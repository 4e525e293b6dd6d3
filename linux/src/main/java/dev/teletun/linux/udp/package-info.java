/**
 * UDP with whole trains of equal datagrams per system call (UDP GSO and GRO, udp(7)). Knows no
 * record.
 */
@NullMarked
package dev.teletun.linux.udp;

import org.jspecify.annotations.NullMarked;
