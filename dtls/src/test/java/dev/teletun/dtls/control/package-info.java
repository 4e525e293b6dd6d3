/** Tests of the control connection, against ourselves and against OpenSSL and GnuTLS. */
@NullMarked
package dev.teletun.dtls.control;

import org.jspecify.annotations.NullMarked;
