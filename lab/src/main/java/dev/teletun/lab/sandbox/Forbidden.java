package dev.teletun.lab.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which setting of the kernel forbids namespaces. */
final class Forbidden {

  /** A setting, the value that forbids, and the one that allows. */
  private record Setting(String name, String forbids, String allows) {}

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("kernel.apparmor_restrict_unprivileged_userns", "1", "0"), // Ubuntu 24.04
          new Setting("kernel.unprivileged_userns_clone", "0", "1"), // Debian until 10
          new Setting("user.max_user_namespaces", "0", "15000"));

  private Forbidden() {}

  static String reason(boolean root) throws IOException {
    return reason(root, Path.of("/proc/sys"));
  }

  static String reason(boolean root, Path sysctls) throws IOException {
    if (root) {
      return "root may not make namespaces here (a container?): give it CAP_SYS_ADMIN and"
          + " CAP_NET_ADMIN, as docker run --privileged does";
    }
    for (Setting setting : SETTINGS) {
      Path file = sysctls.resolve(setting.name().replace('.', '/'));
      if (Files.isReadable(file) && Files.readString(file).strip().equals(setting.forbids())) {
        return "this machine forbids user namespaces (%s = %s): run sudo sysctl -w %s=%s, or run with sudo"
            .formatted(setting.name(), setting.forbids(), setting.name(), setting.allows());
      }
    }
    return "this machine forbids user namespaces: run with sudo";
  }
}
