/** Foreign programs that the tests run: peers and oracles that are not ours. */
@NullMarked
package dev.teletun.dtls.tools;

import org.jspecify.annotations.NullMarked;
