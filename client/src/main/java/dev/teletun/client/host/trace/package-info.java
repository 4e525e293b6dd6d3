/**
 * What a client leaves on this host should it be killed, because neither the kernel nor a daemon
 * removes it: each kind with its undoing, a journal of them on disk, and a guardian that undoes
 * them within moments. Most ways of working leave nothing, and use none of this.
 */
@NullMarked
package dev.teletun.client.host.trace;

import org.jspecify.annotations.NullMarked;
