@NullMarked
package dev.teletun.client.host.filter;

import org.jspecify.annotations.NullMarked;
