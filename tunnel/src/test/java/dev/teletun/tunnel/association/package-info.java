/** Tests of who gets an association, over real sockets on loopback. */
@NullMarked
package dev.teletun.tunnel.association;

import org.jspecify.annotations.NullMarked;
