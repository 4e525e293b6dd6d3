/** The whole programs, as processes of their own, in the lab: what users and their enemies do. */
@NullMarked
package dev.teletun.e2e;

import org.jspecify.annotations.NullMarked;
