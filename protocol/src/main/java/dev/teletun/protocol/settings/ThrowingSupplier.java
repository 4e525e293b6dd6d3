package dev.teletun.protocol.settings;

import java.io.IOException;

/**
 * Makes a value from a setting.
 *
 * @param <T> the value's type
 */
@FunctionalInterface
public interface ThrowingSupplier<T> {
  /**
   * Checks the setting and returns its value.
   *
   * @throws IOException if the world does not fit the setting (no such file); its message is shown
   * @throws IllegalArgumentException if the setting itself is wrong; its message is shown
   */
  T get() throws IOException;
}
