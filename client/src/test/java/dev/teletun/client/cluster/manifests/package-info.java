/** What {@code deploy/} promises, read from its files. */
@NullMarked
package dev.teletun.client.cluster.manifests;

import org.jspecify.annotations.NullMarked;
