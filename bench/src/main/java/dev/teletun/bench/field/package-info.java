/** TeleTUN in a lab, what it carries there, and what can happen to it. */
@NullMarked
package dev.teletun.bench.field;

import org.jspecify.annotations.NullMarked;
