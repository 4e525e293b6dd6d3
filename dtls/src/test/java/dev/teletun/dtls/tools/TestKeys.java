package dev.teletun.dtls.tools;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Key files made by OpenSSL, in a directory of the test's. */
public record TestKeys(Path privateKey, Path publicKey, Path certificate) {

  /** The kinds of key we promise. */
  public enum Kind {
    /** RFC 8410. */
    ED25519("ed25519"),
    /** secp256r1. */
    P256("EC -pkeyopt ec_paramgen_curve:P-256"),
    /** 2048 bits. */
    RSA("RSA -pkeyopt rsa_keygen_bits:2048");

    private final String options;

    Kind(String options) {
      this.options = options;
    }
  }

  /** Makes {@code name.key}, {@code name.pub} and {@code name.crt}. */
  public static TestKeys make(Path directory, String name, Kind kind)
      throws IOException, InterruptedException {
    Path key = directory.resolve(name + ".key");
    Path pub = directory.resolve(name + ".pub");
    Path crt = directory.resolve(name + ".crt");
    Tool.run(("openssl genpkey -out " + key + " -algorithm " + kind.options).split(" "));
    Tool.run("openssl", "pkey", "-in", key.toString(), "-pubout", "-out", pub.toString());
    Tool.run(
        ("openssl req -x509 -days 30 -subj /CN=" + name + " -key " + key + " -out " + crt)
            .split(" "));
    return new TestKeys(key, pub, crt);
  }

  /** As {@link #make}, in a new directory that is left to the operating system. */
  public static TestKeys make(String name, Kind kind) throws IOException, InterruptedException {
    return make(Files.createTempDirectory("teletun-keys"), name, kind);
  }

  /** With a self-signed certificate of our own making. */
  public Identity identity() throws IOException {
    return Identity.load(privateKey, publicKey);
  }

  /** The public half. */
  public Pin pin() throws IOException {
    return Pin.load(publicKey);
  }
}
