/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.capability;

import org.jspecify.annotations.NullMarked;
