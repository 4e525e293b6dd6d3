/**
 * Who asks which API server: kubeconfig, credentials, and the client that everything else in {@code
 * cluster} asks through.
 */
@NullMarked
package dev.teletun.client.cluster.access;

import org.jspecify.annotations.NullMarked;
