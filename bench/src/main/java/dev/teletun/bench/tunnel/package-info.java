/** One tunnel that is measured, ours or a peer: how it comes up, what it carries, what it costs. */
@NullMarked
package dev.teletun.bench.tunnel;

import org.jspecify.annotations.NullMarked;
