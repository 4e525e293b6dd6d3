/** Running code in another network namespace. */
@NullMarked
package dev.teletun.linux.namespace;

import org.jspecify.annotations.NullMarked;
