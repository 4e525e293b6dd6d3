@NullMarked
package dev.teletun.tunnel.control;

import org.jspecify.annotations.NullMarked;
