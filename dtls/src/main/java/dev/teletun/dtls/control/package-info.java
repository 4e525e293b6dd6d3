/** The TLS 1.3 control connection over the JDK's JSSE: pinned keys on both sides. */
@NullMarked
package dev.teletun.dtls.control;

import org.jspecify.annotations.NullMarked;
