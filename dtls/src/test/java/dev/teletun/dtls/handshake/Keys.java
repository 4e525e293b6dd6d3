package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;

/** P-256 keys, made once, for the tests where the kind does not matter. */
final class Keys {
  static final TestKeys CLIENT_FILES = make("client");
  static final TestKeys SERVER_FILES = make("server");
  static final Identity CLIENT = load(CLIENT_FILES);
  static final Identity SERVER = load(SERVER_FILES);
  static final Identity OTHER = load(make("other"));

  private Keys() {}

  private static TestKeys make(String name) {
    try {
      return TestKeys.make(name, Kind.P256);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Identity load(TestKeys keys) {
    try {
      return keys.identity();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
