/** Plays a Kubernetes API server as far as lists and watches go. Knows nothing of the lab. */
@NullMarked
package dev.teletun.lab.api;

import org.jspecify.annotations.NullMarked;
