/** One thread that waits for many descriptors and timers. Knows descriptors, not what they mean. */
@NullMarked
package dev.teletun.linux.loop;

import org.jspecify.annotations.NullMarked;
