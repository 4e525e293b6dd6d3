/** Tests of the key files. */
@NullMarked
package dev.teletun.dtls.keys;

import org.jspecify.annotations.NullMarked;
