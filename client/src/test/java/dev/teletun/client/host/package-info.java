@NullMarked
package dev.teletun.client.host;

import org.jspecify.annotations.NullMarked;
