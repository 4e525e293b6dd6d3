/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.conntrack;

import org.jspecify.annotations.NullMarked;
