package dev.teletun.client.host.trace;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;

/**
 * The directory that outlives a reboot: ours alone, so that nobody else can have something undone
 * that we never did.
 */
public record StateDirectory(Path path) {
  /** Where it is on every host. */
  public static final StateDirectory STANDARD = new StateDirectory(Path.of("/var/lib/teletun"));

  private static final String PRIVATE = "rwx------";

  /**
   * Makes it unless it is there.
   *
   * @throws IOException if it is a link, somebody else's, or open to others; with what to do
   */
  void make() throws IOException {
    try {
      Files.createDirectory(path, asFileAttribute(fromString(PRIVATE)));
    } catch (FileAlreadyExistsException _) {
      demandOurs();
    } catch (IOException e) {
      throw new IOException(
          "cannot make %s, where it is written down what must be undone: %s. Ways that need none of it: -dns=auto without -strict-routes"
              .formatted(path, e),
          e);
    }
  }

  /** True if it is there; what is not ours counts as an error, not as there. */
  boolean exists() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    demandOurs();
    return true;
  }

  private void demandOurs() throws IOException {
    PosixFileAttributes is =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    boolean open =
        is.permissions().contains(PosixFilePermission.GROUP_WRITE)
            || is.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    if (!is.isDirectory() || !owner.equals(me()) || open) {
      throw new IOException(
          "%s is not a directory that only this user can write to: somebody could have things undone there that nobody did. See ls -ld %s, and remove it"
              .formatted(path, path));
    }
  }

  private static Object me() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** Removes it if it is empty. */
  void removeIfEmpty() {
    try {
      Files.delete(path);
    } catch (IOException _) {
      // Another client's, gone already, or a mount point: an empty directory does no harm.
    }
  }
}
