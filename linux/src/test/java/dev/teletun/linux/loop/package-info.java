/** Tests of the event loop, with real descriptors. */
@NullMarked
package dev.teletun.linux.loop;

import org.jspecify.annotations.NullMarked;
