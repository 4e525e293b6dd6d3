/** What a client that was killed has left on this host, and its repair. */
@NullMarked
package dev.teletun.client.host.cleanup;

import org.jspecify.annotations.NullMarked;
