package dev.teletun.bench.scale;

import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Tunnel;
import java.io.IOException;
import java.util.List;

/**
 * What grows, and what is measured meanwhile; one chart each.
 *
 * @param name for the command line
 * @param grows what the axis of {@code points} is called
 * @param measured what the other axis is called
 * @param points where it is measured, from the least on
 * @param tunnels who is measured
 * @param measurement one, at one point
 */
record Curve(
    String name,
    String grows,
    String measured,
    List<Integer> points,
    List<String> tunnels,
    Measurement measurement) {
  private static final List<String> OURS = List.of(Peers.TELETUN);
  private static final List<String> TUNNELS = List.of(Peers.TELETUN, Peers.WIREGUARD);
  private static final List<String> ALL = List.of(Peers.TELETUN, Peers.WIREGUARD, Peers.BARE);

  /** One measurement of one tunnel at one point. */
  interface Measurement {
    double measure(Bed bed, String tunnel, int point) throws IOException;
  }

  /** All that there are. */
  static List<Curve> all() {
    return List.of(
        new Curve(
            "streams",
            "TCP streams",
            "up, Gb/s",
            List.of(1, 2, 4, 8, 16, 32, 64),
            TUNNELS,
            (bed, tunnel, streams) ->
                bed.meter().transfer(bed.tunnel(tunnel), "-P" + streams).gigabits()),
        new Curve(
            "payload",
            "bytes of UDP payload",
            "up without loss, Gb/s",
            List.of(64, 128, 256, 512, 1024, 1300, 2600, 9000), // the last two in fragments
            TUNNELS,
            Curve::datagrams),
        new Curve(
            "mtu",
            "MTU of the links, bytes",
            "1 stream up, Gb/s",
            List.of(1330, 1500, 3000, 9000),
            OURS,
            (bed, tunnel, bytes) -> bed.meter().transfer(bed.withMtu(tunnel, bytes)).gigabits()),
        new Curve(
            "routes",
            "routes through the device",
            "1 stream up, Gb/s",
            List.of(1, 10, 100, 1000, 10_000),
            TUNNELS,
            Curve::beside),
        new Curve(
            "clients",
            "clients at once, each with a pair of its own",
            "all together up, Gb/s",
            List.of(1, 2, 4, 8),
            TUNNELS,
            Bed::together),
        new Curve(
            "cores",
            "processors for the tunnel",
            "1 stream up, Gb/s",
            List.of(1, 2),
            TUNNELS,
            Curve::pinned),
        new Curve(
            "rtt",
            "more round trip time, ms",
            "1 stream down, Gb/s",
            List.of(0, 1, 10, 100),
            ALL,
            (bed, tunnel, millis) ->
                bed.meter().transfer(bed.delayed(tunnel, millis), "-R").gigabits()));
  }

  private static double datagrams(Bed bed, String tunnel, int bytes) throws IOException {
    return bed.meter().packets(bed.tunnel(tunnel), bytes) * bytes * Byte.SIZE / 1e9;
  }

  private static double beside(Bed bed, String tunnel, int routes) throws IOException {
    Tunnel through = bed.tunnel(tunnel);
    try (MoreRoutes _ = MoreRoutes.through(through, routes - 1)) {
      return bed.meter().transfer(through).gigabits();
    }
  }

  private static double pinned(Bed bed, String tunnel, int processors) throws IOException {
    Tunnel pinned = bed.tunnel(tunnel);
    try (Pinning _ = Pinning.of(pinned, processors)) {
      return bed.meter().transfer(pinned).gigabits();
    }
  }
}
