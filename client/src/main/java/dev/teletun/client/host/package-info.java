/** What the client changes on its host, and what of it {@code cleanup} repairs. Knows no peer. */
@NullMarked
package dev.teletun.client.host;

import org.jspecify.annotations.NullMarked;
