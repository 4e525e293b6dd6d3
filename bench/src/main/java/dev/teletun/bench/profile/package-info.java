/** Where the processors' time goes while a tunnel is full. */
@NullMarked
package dev.teletun.bench.profile;

import org.jspecify.annotations.NullMarked;
