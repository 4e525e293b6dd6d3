/**
 * Which addresses the cluster has: asks the API server, follows what changes, and says of each
 * prefix where it was learned and how sure that is.
 *
 * <p>Each kind of object is listed once and watched from then on. Of an object only its addresses
 * are kept. What is known stays known while the API server is away, and is never written down.
 */
@NullMarked
package dev.teletun.client.cluster.prefix;

import org.jspecify.annotations.NullMarked;
