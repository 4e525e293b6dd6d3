/** What the kernel lets this process do. */
@NullMarked
package dev.teletun.linux.capability;

import org.jspecify.annotations.NullMarked;
