@NullMarked
package dev.teletun.servercluster;

import org.jspecify.annotations.NullMarked;
