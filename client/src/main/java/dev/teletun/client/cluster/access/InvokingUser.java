package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.teletun.linux.capability.FileRights;
import dev.teletun.linux.capability.FileRights.FileWork;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.process.FullRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The person who started this program, under sudo the one behind it: kubeconfig, credentials and
 * keys are his, and plugins run as him.
 *
 * @param name of the user
 * @param other uid and gid if they are not this process's own
 * @param home his home directory
 * @param environment his, as he has it in his shell
 */
public record InvokingUser(
    String name, Optional<Ids> other, Path home, Map<String, String> environment) {
  private static final int ROOT = 0;

  /** A user's number and that of his main group. */
  public record Ids(int uid, int gid) {}

  /** Of this process. */
  public static InvokingUser ofProcess() {
    return of(System.getenv());
  }

  /**
   * As the environment says: SUDO_UID, SUDO_GID and SUDO_USER name him, and count for root alone.
   */
  static InvokingUser of(Map<String, String> environment) {
    Optional<Ids> ids = Libc.geteuid() == ROOT ? sudoIds(environment) : Optional.empty();
    if (ids.isEmpty()) {
      String name = environment.getOrDefault("USER", System.getProperty("user.name", "nobody"));
      return new InvokingUser(
          name, ids, Path.of(environment.getOrDefault("HOME", "/root")), environment);
    }
    String name = environment.getOrDefault("SUDO_USER", "uid" + ids.get().uid());
    Map<String, String> his = new HashMap<>(SudoEnvironment.read().orElse(environment));
    // what was given to sudo on purpose counts: sudo KUBECONFIG=… teletun
    for (String variable : List.of("KUBECONFIG", "XDG_STATE_HOME")) {
      Optional.ofNullable(environment.get(variable)).ifPresent(v -> his.put(variable, v));
    }
    Path home = homeOf(ids.get().uid()).orElse(Path.of("/"));
    his.put("HOME", home.toString());
    his.put("USER", name);
    his.put("LOGNAME", name);
    return new InvokingUser(name, ids, home, Map.copyOf(his));
  }

  private static Optional<Ids> sudoIds(Map<String, String> environment) {
    try {
      int uid = Integer.parseInt(environment.getOrDefault("SUDO_UID", "0"));
      int gid = Integer.parseInt(environment.getOrDefault("SUDO_GID", "0"));
      return uid > ROOT && gid >= ROOT ? Optional.of(new Ids(uid, gid)) : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** From the user database, which may be more than /etc/passwd. */
  private static Optional<Path> homeOf(int uid) {
    try {
      Process getent =
          new ProcessBuilder("getent", "passwd", Integer.toString(uid))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      getent.getOutputStream().close();
      String[] fields =
          new String(getent.getInputStream().readAllBytes(), UTF_8).strip().split(":", -1);
      return fields.length > 5 && fields[5].startsWith("/")
          ? Optional.of(Path.of(fields[5]))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** The content of a file that he names, read with his rights. */
  public byte[] read(Path file) throws IOException {
    return files(() -> Files.readAllBytes(file));
  }

  /** Work with files that he names. */
  public <T> T files(FileWork<T> work) throws IOException {
    return other.isPresent()
        ? FileRights.as(other.get().uid(), other.get().gid(), work)
        : work.run();
  }

  /** A command that runs as him, with nothing of root left; his environment is up to the caller. */
  List<String> command(List<String> words) {
    return other
        .map(user -> FullRoot.running(user.uid(), user.gid(), words))
        .orElseGet(() -> FullRoot.running(words));
  }

  /** Below {@code ~/.local/state}, or where XDG_STATE_HOME says. */
  public Path stateDirectory() {
    String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
    return (xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/state")).resolve("teletun");
  }
}
