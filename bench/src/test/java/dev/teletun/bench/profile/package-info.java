/** Tests of how samples are read and counted. */
@NullMarked
package dev.teletun.bench.profile;

import org.jspecify.annotations.NullMarked;
