/** The kernel's table of sockets: finds and ends them, whoever owns them (sock_diag(7)). */
@NullMarked
package dev.teletun.linux.diag;

import org.jspecify.annotations.NullMarked;
