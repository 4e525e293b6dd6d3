/** The way of one packet, step by step, with JMH: time and what it allocates. */
@NullMarked
package dev.teletun.bench.micro;

import org.jspecify.annotations.NullMarked;
