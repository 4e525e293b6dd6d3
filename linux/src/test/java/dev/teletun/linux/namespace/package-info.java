/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.namespace;

import org.jspecify.annotations.NullMarked;
