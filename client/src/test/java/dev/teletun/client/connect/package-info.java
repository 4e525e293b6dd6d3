@NullMarked
package dev.teletun.client.connect;

import org.jspecify.annotations.NullMarked;
