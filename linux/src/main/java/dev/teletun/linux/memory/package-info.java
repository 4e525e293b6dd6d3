/** What of its files this process has in memory. */
@NullMarked
package dev.teletun.linux.memory;

import org.jspecify.annotations.NullMarked;
