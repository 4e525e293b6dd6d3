/** Tests of {@link dev.teletun.client.dns.registry}. */
@NullMarked
package dev.teletun.client.dns.registry;

import org.jspecify.annotations.NullMarked;
