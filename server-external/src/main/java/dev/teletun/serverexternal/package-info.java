/**
 * The endpoint that clients dial: who holds the slot, and the wiring of a tunnel end to the pair's
 * other half. Needs no capability.
 */
@NullMarked
package dev.teletun.serverexternal;

import org.jspecify.annotations.NullMarked;
