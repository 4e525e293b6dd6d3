/** Other programs of this host, run with what root has. */
@NullMarked
package dev.teletun.linux.process;

import org.jspecify.annotations.NullMarked;
