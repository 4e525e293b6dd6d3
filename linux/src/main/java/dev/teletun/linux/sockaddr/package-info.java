/**
 * Internet addresses and ports as the kernel's socket calls take them. Knows no socket and no
 * protocol.
 */
@NullMarked
package dev.teletun.linux.sockaddr;

import org.jspecify.annotations.NullMarked;
