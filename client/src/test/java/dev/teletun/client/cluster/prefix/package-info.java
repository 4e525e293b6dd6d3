@NullMarked
package dev.teletun.client.cluster.prefix;

import org.jspecify.annotations.NullMarked;
