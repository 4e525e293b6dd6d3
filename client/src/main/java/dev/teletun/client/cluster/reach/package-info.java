/** Where the pair can be dialled. */
@NullMarked
package dev.teletun.client.cluster.reach;

import org.jspecify.annotations.NullMarked;
