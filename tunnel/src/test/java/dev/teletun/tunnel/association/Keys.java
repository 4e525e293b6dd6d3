package dev.teletun.tunnel.association;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import java.io.IOException;
import java.nio.file.Path;

/** The keys of a client and a server that know each other. */
public record Keys(Identity client, Identity server) {
  /** Makes them in an empty directory. */
  public static Keys in(Path directory) throws IOException {
    KeySet.generate(directory, false);
    return new Keys(
        Identity.load(directory.resolve("client.key"), directory.resolve("client.pub")),
        Identity.load(directory.resolve("server.key"), directory.resolve("server.pub")));
  }
}
