package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** TLS tools that are not ours, in a host of the lab. */
final class ForeignTools {
  private ForeignTools() {}

  /** Makes {@code NAME.crt} around {@code NAME.key}, as an operator with OpenSSL would. */
  static Path certificate(Host host, Path directory, String name) throws IOException {
    Path certificate = directory.resolve(name + ".crt");
    host.run(
            "openssl",
            "req",
            "-x509",
            "-key=" + directory.resolve(name + ".key"),
            "-subj=/CN=" + name,
            "-days=2",
            "-out=" + certificate)
        .orThrow();
    return certificate;
  }

  /** Makes {@code NAME.key} of a kind that {@code openssl genpkey} knows. */
  static void key(Host host, Path directory, String name, String kind) throws IOException {
    host.shell("openssl genpkey %s -out=%s.key".formatted(kind, directory.resolve(name))).orThrow();
  }

  /** A control connection by {@code openssl s_client}, which says nothing and keeps it open. */
  static final class Control implements Closeable {
    private final RunningProgram client;
    private final Path received;

    private Control(RunningProgram client, Path received) {
      this.client = client;
      this.received = received;
    }

    /** Dials, and waits for nothing. {@code keys} holds client.key and both certificates. */
    static Control dial(Host host, Path keys, String address) throws IOException {
      Path received = Files.createTempFile(host.logs(), "control", ".bin");
      String line =
          "exec openssl s_client -tls1_3 -quiet -connect %s -cert %s -key %s -CAfile %s -verify_return_error >%s"
              .formatted(
                  address,
                  keys.resolve("client.crt"),
                  keys.resolve("client.key"),
                  keys.resolve("server.crt"),
                  received);
      return new Control(host.start("sh", "-c", line), received);
    }

    /** All that the server said so far. */
    String received() throws IOException {
      return Files.readString(received, StandardCharsets.ISO_8859_1);
    }

    /** The two texts that a server says first, once both are there. */
    List<String> greeting() throws IOException {
      Until.holds(() ->
          assertThat(received())
              .as("openssl said: %s", client.output())
              .matches("(?s)[^\\x00]*\\x00[^\\x00]*\\x00.*"));
      return List.of(received().split("\0", -1));
    }

    RunningProgram program() {
      return client;
    }

    /** Closes the connection. */
    void hangUp() throws IOException {
      client.close();
    }

    @Override
    public void close() throws IOException {
      hangUp();
    }
  }
}
