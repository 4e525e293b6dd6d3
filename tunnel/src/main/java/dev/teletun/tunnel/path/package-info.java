/** What is known of the path to the peer. Knows no packet. */
@NullMarked
package dev.teletun.tunnel.path;

import org.jspecify.annotations.NullMarked;
