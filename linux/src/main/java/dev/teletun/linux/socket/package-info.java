/**
 * Non-blocking internet sockets that carry a firewall mark, which the JDK's cannot. Knows no
 * protocol above TCP and UDP.
 */
@NullMarked
package dev.teletun.linux.socket;

import org.jspecify.annotations.NullMarked;
