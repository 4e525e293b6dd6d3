/**
 * Tests against a real cluster, the one of KUBECONFIG, from the network namespace that they run in:
 * {@code ./check cluster}.
 */
@NullMarked
package dev.teletun.e2e.cluster;

import org.jspecify.annotations.NullMarked;
