/** Tests of an established association. */
@NullMarked
package dev.teletun.dtls.association;

import org.jspecify.annotations.NullMarked;
