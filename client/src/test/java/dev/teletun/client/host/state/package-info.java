@NullMarked
package dev.teletun.client.host.state;

import org.jspecify.annotations.NullMarked;
