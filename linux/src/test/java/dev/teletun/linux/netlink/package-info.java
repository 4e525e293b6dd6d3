/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.netlink;

import org.jspecify.annotations.NullMarked;
