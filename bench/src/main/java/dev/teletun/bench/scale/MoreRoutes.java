package dev.teletun.bench.scale;

import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.topology.Host;
import java.io.Closeable;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Routes through a tunnel's device to addresses that nobody asks for, until closed. */
final class MoreRoutes implements Closeable {
  private final Host laptop;
  private final String device;
  private final int count;

  private MoreRoutes(Host laptop, String device, int count) {
    this.laptop = laptop;
    this.device = device;
    this.count = count;
  }

  /** Adds so many. */
  static MoreRoutes through(Tunnel tunnel, int count) throws IOException {
    Host laptop = tunnel.laptop();
    String device =
        laptop
            .shell(
                "ip route get %s | sed 's/.* dev \\([^ ]*\\).*/\\1/;q'".formatted(tunnel.address()))
            .orThrow()
            .strip();
    MoreRoutes routes = new MoreRoutes(laptop, device, count);
    routes.batch("add");
    return routes;
  }

  private void batch(String verb) throws IOException {
    String commands =
        IntStream.range(0, count)
            .mapToObj(
                i -> "route %s 10.200.%d.%d dev %s\n".formatted(verb, i / 250, i % 250, device))
            .collect(Collectors.joining());
    laptop.runWithInput(commands, "ip", "-batch", "-").orThrow();
  }

  @Override
  public void close() throws IOException {
    batch("delete");
  }
}
