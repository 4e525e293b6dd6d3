/** Key files, what they say about whom, and the certificate a key is presented in. Knows no TLS. */
@NullMarked
package dev.teletun.dtls.keys;

import org.jspecify.annotations.NullMarked;
