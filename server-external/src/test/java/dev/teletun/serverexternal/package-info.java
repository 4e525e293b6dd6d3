@NullMarked
package dev.teletun.serverexternal;

import org.jspecify.annotations.NullMarked;
