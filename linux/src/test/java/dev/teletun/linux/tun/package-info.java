/** Tests of the TUN device, in network namespaces of their own. */
@NullMarked
package dev.teletun.linux.tun;

import org.jspecify.annotations.NullMarked;
