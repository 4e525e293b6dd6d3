/** What a router answers to the sender of a packet that does not fit. Sends nothing itself. */
@NullMarked
package dev.teletun.protocol.icmp;

import org.jspecify.annotations.NullMarked;
