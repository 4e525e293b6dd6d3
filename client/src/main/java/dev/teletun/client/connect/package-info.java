/** Bring-up and take-down of a client, in the order that leaves the host untouched on failure. */
@NullMarked
package dev.teletun.client.connect;

import org.jspecify.annotations.NullMarked;
