/** Tests of what a packet on its way allocates. */
@NullMarked
package dev.teletun.bench.micro;

import org.jspecify.annotations.NullMarked;
