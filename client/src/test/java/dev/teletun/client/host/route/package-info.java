@NullMarked
package dev.teletun.client.host.route;

import org.jspecify.annotations.NullMarked;
