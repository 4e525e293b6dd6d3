@NullMarked
package dev.teletun.client.host.trace;

import org.jspecify.annotations.NullMarked;
