/**
 * Names, while connected: the {@linkplain dev.teletun.client.dns.stub stub} that answers, the
 * {@linkplain dev.teletun.client.dns.way ways} that bring the host's queries to it, and the
 * questions of our own that show whether it works. It knows no tunnel.
 */
@NullMarked
package dev.teletun.client.dns;

import org.jspecify.annotations.NullMarked;
