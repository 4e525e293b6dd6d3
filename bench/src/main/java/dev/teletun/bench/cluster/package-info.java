/** How soon routes follow the cluster, and what a large one costs. */
@NullMarked
package dev.teletun.bench.cluster;

import org.jspecify.annotations.NullMarked;
