/** How routes come and go, many at once and many a second, beside {@code ip -batch}. */
@NullMarked
package dev.teletun.bench.routes;

import org.jspecify.annotations.NullMarked;
