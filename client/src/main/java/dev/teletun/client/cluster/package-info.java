/**
 * What the client asks the Kubernetes API server.
 *
 * <p>The only place that knows fabric8's client. Must not know tunnels, devices or the command
 * line.
 */
@NullMarked
package dev.teletun.client.cluster;

import org.jspecify.annotations.NullMarked;
