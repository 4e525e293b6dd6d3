/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.route;

import org.jspecify.annotations.NullMarked;
