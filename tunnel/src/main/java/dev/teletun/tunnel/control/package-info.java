/**
 * A control session over any byte stream: what the server says first, and that the stream stays
 * open. Knows no UDP.
 */
@NullMarked
package dev.teletun.tunnel.control;

import org.jspecify.annotations.NullMarked;
