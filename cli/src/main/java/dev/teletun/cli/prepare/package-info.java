/** What is done once when TeleTUN is built or packed, so that it starts fast. */
@NullMarked
package dev.teletun.cli.prepare;

import org.jspecify.annotations.NullMarked;
