/** Tests of a pair's objects, against an API server that keeps what it is given. */
@NullMarked
package dev.teletun.client.cluster.pair;

import org.jspecify.annotations.NullMarked;
