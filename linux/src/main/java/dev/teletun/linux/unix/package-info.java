/** AF_UNIX stream sockets: who may listen, who is there. Knows no frame. */
@NullMarked
package dev.teletun.linux.unix;

import org.jspecify.annotations.NullMarked;
