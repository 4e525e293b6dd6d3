/** Links, addresses, routes and rules of a network namespace through rtnetlink. */
@NullMarked
package dev.teletun.linux.route;

import org.jspecify.annotations.NullMarked;
