/**
 * What {@code teletun lab} shows: the three programs in the lab's topology, and whether the laptop
 * is a pod then. Starts the programs as separate processes; knows their command lines and what they
 * print, and nothing of their code.
 */
@NullMarked
package dev.teletun.lab.demo;

import org.jspecify.annotations.NullMarked;
