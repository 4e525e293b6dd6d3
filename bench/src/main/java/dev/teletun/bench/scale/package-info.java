/** What a tunnel carries as streams, packet sizes, routes, clients, processors or delays grow. */
@NullMarked
package dev.teletun.bench.scale;

import org.jspecify.annotations.NullMarked;
