/**
 * What the kernel does with files and java.nio does not: exchange two, and mount one over another.
 */
@NullMarked
package dev.teletun.linux.file;

import org.jspecify.annotations.NullMarked;
