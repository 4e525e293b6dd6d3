/** Makes the lab's router a bad one, with nftables and traffic control. */
@NullMarked
package dev.teletun.lab.impair;

import org.jspecify.annotations.NullMarked;
