/** Measures TeleTUN next to other tunnels on this machine, in the lab's topology. */
@NullMarked
package dev.teletun.bench.peers;

import org.jspecify.annotations.NullMarked;
