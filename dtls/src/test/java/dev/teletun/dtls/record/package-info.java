/** Tests of the replay window. */
@NullMarked
package dev.teletun.dtls.record;

import org.jspecify.annotations.NullMarked;
