/** Tests of the package of the same name. */
@NullMarked
package dev.teletun.linux.nft;

import org.jspecify.annotations.NullMarked;
