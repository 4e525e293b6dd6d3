/** nftables through libnftables, the only place that knows that library. */
@NullMarked
package dev.teletun.linux.nft;

import org.jspecify.annotations.NullMarked;
