package dev.teletun.client.cluster.pair;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.dtls.keys.KeySet;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The keys of one person for one cluster, in files of his own that nobody else may read. */
public final class PairKeys {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final Map<String, String> content;

  private PairKeys(Path directory, Map<String, String> content) {
    this.directory = directory;
    this.content = content;
  }

  /** Reads them, and makes them the first time. */
  public static PairKeys of(InvokingUser user, ClusterApi api) throws IOException {
    Path all = user.stateDirectory().resolve("keys");
    Path directory = all.resolve(cluster(api));
    if (!user.files(() -> Files.isDirectory(directory))) {
      make(user, all, directory);
    }
    return new PairKeys(directory, user.files(() -> read(directory)));
  }

  /**
   * A folder's name: the API server's address for people, its digest for clusters that share one.
   */
  private static String cluster(ClusterApi api) {
    String readable =
        api.server().replaceFirst("^[a-z]+://", "").replaceAll("[^A-Za-z0-9.-]+", "-");
    return readable.replaceFirst("-$", "") + "-" + PairObjects.digest(api.identity());
  }

  /** All four or none, whatever happens meanwhile. */
  private static void make(InvokingUser user, Path all, Path directory) throws IOException {
    Map<String, String> made = generate();
    user.files(() -> {
      Files.createDirectories(all, OWN_DIRECTORY);
      Path whole = all.resolve(".new-" + UUID.randomUUID());
      Files.createDirectory(whole, OWN_DIRECTORY);
      for (Map.Entry<String, String> file : made.entrySet()) {
        Path key = Files.createFile(whole.resolve(file.getKey()), OWNER_ONLY);
        Files.writeString(key, file.getValue(), US_ASCII);
      }
      try {
        return Files.move(whole, directory);
      } catch (FileAlreadyExistsException _) { // another start was faster: its keys count
        delete(whole);
        return directory;
      }
    });
  }

  /** Where only this process's user looks; under sudo they go to their owner from there. */
  private static Map<String, String> generate() throws IOException {
    Path scratch = Files.createTempDirectory("teletun-keys", OWN_DIRECTORY);
    try {
      KeySet.generate(scratch, false);
      return read(scratch);
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    for (String file : KeySet.FILES) {
      Files.deleteIfExists(directory.resolve(file));
    }
    Files.delete(directory);
  }

  private static Map<String, String> read(Path directory) throws IOException {
    Map<String, String> content = new LinkedHashMap<>();
    for (String file : KeySet.FILES) {
      content.put(file, Files.readString(directory.resolve(file), US_ASCII));
    }
    return content;
  }

  /** Content by file name. */
  Map<String, String> content() {
    return content;
  }

  /** One of {@link KeySet#FILES}. */
  public Path file(String name) {
    return directory.resolve(name);
  }

  /** Holds all of {@link KeySet#FILES}. */
  public Path directory() {
    return directory;
  }

  @Override
  public String toString() {
    return "keys in " + directory;
  }
}
