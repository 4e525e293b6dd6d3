/** A UDP relay that does to datagrams what bad networks do, the same again for the same seed. */
@NullMarked
package dev.teletun.lab.relay;

import org.jspecify.annotations.NullMarked;
