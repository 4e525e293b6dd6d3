package dev.teletun.client.host.trace;

import dev.teletun.client.dns.registry.NameRegistry;
import dev.teletun.client.dns.registry.NetworkManager;
import dev.teletun.client.dns.registry.Resolvconf;
import dev.teletun.client.dns.registry.ResolvconfKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A record that names the stub as this host's server, with the program that writes resolv.conf. It
 * bears the device's name.
 *
 * @param program that has it; which resolvconf it is, is found when it is undone
 * @param device of the client
 */
public record RegistryRecord(Program program, String device) implements Trace {
  static final String KIND = "record";

  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  /** Whose record it is. */
  public enum Program {
    RESOLVCONF,
    NETWORKMANAGER
  }

  static RegistryRecord of(Map<String, String> facts) throws IOException {
    String name = Facts.required(facts, "program");
    try {
      return new RegistryRecord(
          Program.valueOf(name.toUpperCase(Locale.ROOT)), Facts.required(facts, "device"));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "a record with \"%s\", which this version does not know".formatted(name), e);
    }
  }

  /** Those whose clients' devices are not {@code living}, where no journal tells of them. */
  public static List<RegistryRecord> left(Collection<String> living) throws IOException {
    List<RegistryRecord> left = new ArrayList<>();
    for (Program program : Program.values()) {
      devices(program).stream()
          .filter(device -> !living.contains(device))
          .forEach(device -> left.add(new RegistryRecord(program, device)));
    }
    return left;
  }

  @Override
  public Map<String, String> facts() {
    return Map.of(
        "kind", KIND, "program", program.name().toLowerCase(Locale.ROOT), "device", device);
  }

  @Override
  public Optional<String> undo() throws IOException {
    boolean there = devices(program).contains(device);
    if (program == Program.NETWORKMANAGER) {
      return there || NetworkManager.names(device)
          ? Optional.of(removedBy(new NetworkManager()))
          : Optional.empty();
    }
    Optional<String> removed = there ? Optional.of(removedFromResolvconf()) : Optional.empty();
    Optional<String> mended =
        new DeadStubs(RESOLV_CONF, device).replaceBy(Resolvconf.left().servers());
    if (mended.isPresent()) {
      return Optional.of(
          removed.orElse("the record of " + device + " is gone") + "; " + mended.get());
    }
    return removed;
  }

  private String removedBy(NameRegistry registry) throws IOException {
    registry.remove(device);
    return "removed the record of %s with %s".formatted(device, registry.name());
  }

  /** The one that took the record may have been replaced since, or be gone. */
  private String removedFromResolvconf() throws IOException {
    String removed;
    String why;
    try {
      Resolvconf resolvconf = new Resolvconf(ResolvconfKind.find());
      removed = removedBy(resolvconf);
      why = resolvconf.name() + " does not know it";
    } catch (IOException e) {
      removed = "removed the record of " + device;
      why = "the program that kept it is gone, or fails: " + e.getMessage();
    }
    return Resolvconf.forget(device)
        ? "deleted the record of %s, as %s".formatted(device, why)
        : removed;
  }

  private static List<String> devices(Program program) throws IOException {
    return switch (program) {
      case RESOLVCONF -> Resolvconf.devices();
      case NETWORKMANAGER -> NetworkManager.devices();
    };
  }
}
