/** Which inner packets may pass a tunnel end, by address. Keeps nothing of them. */
@NullMarked
package dev.teletun.protocol.filter;

import org.jspecify.annotations.NullMarked;
