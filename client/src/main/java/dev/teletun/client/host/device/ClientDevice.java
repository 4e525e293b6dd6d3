package dev.teletun.client.host.device;

import dev.teletun.linux.route.Link;
import dev.teletun.linux.route.RouteSocket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The device of a client that lives in this network namespace: the kernel removes it with the
 * client. Its alias tells it from a device of somebody else that bears such a name.
 *
 * @param index of the interface
 * @param name such as {@code tel0}
 * @param process id of the client, as it sees itself
 */
public record ClientDevice(int index, String name, long process) {
  private static final Pattern ALIAS = Pattern.compile("teletun client, process (\\d{1,10})");

  /** All of them. */
  public static List<ClientDevice> all(RouteSocket kernel) throws IOException {
    return kernel.links().stream().map(ClientDevice::of).flatMap(Optional::stream).toList();
  }

  /** Makes an interface the device of this process. */
  static void mark(RouteSocket kernel, int index) throws IOException {
    kernel.alias(index, "teletun client, process " + ProcessHandle.current().pid());
  }

  private static Optional<ClientDevice> of(Link link) {
    Matcher alias = ALIAS.matcher(link.alias());
    return alias.matches()
        ? Optional.of(new ClientDevice(link.index(), link.name(), Long.parseLong(alias.group(1))))
        : Optional.empty();
  }

  /** For people who may want to end it. */
  @Override
  public String toString() {
    return "the client with process id %d, through %s".formatted(process, name);
  }
}
