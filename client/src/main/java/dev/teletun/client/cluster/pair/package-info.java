/** The pair as objects of the API server: what it consists of, bringing it up, taking it down. */
@NullMarked
package dev.teletun.client.cluster.pair;

import org.jspecify.annotations.NullMarked;
