/**
 * The texts a server sends first: addresses and resolv.conf. What they say is not believed
 * unchecked.
 */
@NullMarked
package dev.teletun.protocol.control;

import org.jspecify.annotations.NullMarked;
