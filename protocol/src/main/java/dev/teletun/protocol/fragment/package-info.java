/** IPv4 packets cut into fragments. Puts none together. */
@NullMarked
package dev.teletun.protocol.fragment;

import org.jspecify.annotations.NullMarked;
