/** The kernel's connection tracking table through ctnetlink. */
@NullMarked
package dev.teletun.linux.conntrack;

import org.jspecify.annotations.NullMarked;
