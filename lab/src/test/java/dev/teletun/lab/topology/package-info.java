/** Tests of the lab itself. */
@NullMarked
package dev.teletun.lab.topology;

import org.jspecify.annotations.NullMarked;
