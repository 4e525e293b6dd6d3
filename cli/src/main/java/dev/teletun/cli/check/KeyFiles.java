package dev.teletun.cli.check;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.nio.file.Path;
import java.util.Optional;

/** Checks that key files hold what their options say, so that every bad one is told at once. */
public final class KeyFiles {
  private KeyFiles() {}

  /** The file must hold a public key or a certificate. Absent files are told elsewhere. */
  public static void publicKey(Checks checks, Optional<Path> file) {
    file.ifPresent(f -> checks.also(() -> Pin.load(f)));
  }

  /** The two files must hold the two halves of one key. Absent files are told elsewhere. */
  public static void ownKey(Checks checks, Optional<Path> privateFile, Optional<Path> publicFile) {
    if (privateFile.isPresent() && publicFile.isPresent()) {
      Path key = privateFile.get();
      Path pub = publicFile.get();
      checks.also(() -> Identity.load(key, pub));
    } else {
      publicKey(checks, publicFile);
    }
  }
}
