package dev.teletun.bench.scale;

import dev.teletun.bench.tunnel.Meter;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Transfer;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The tunnels of one curve; each comes up when it is first asked for, and stays. */
final class Bed implements Closeable {
  private static final int POD_LESS = 50; // of the MTU, as with VXLAN
  private static final Meter WARM_UP = new Meter(Duration.ofSeconds(4));

  /** Which tunnel, in which lab: the number of the client, the MTU or the delay. */
  private record Place(String tunnel, int number) {}

  private final Meter meter;
  private final List<String> teletun;
  private final String wireguard;
  private final Map<Place, Tunnel> up = new LinkedHashMap<>();
  private final CloseStack labs = new CloseStack();

  /** Measures with {@code meter}; {@code teletun} and {@code wireguard} start the programs. */
  Bed(Meter meter, List<String> teletun, String wireguard) {
    this.meter = meter;
    this.teletun = teletun;
    this.wireguard = wireguard;
  }

  Meter meter() {
    return meter;
  }

  /** In a lab as it is. */
  Tunnel tunnel(String name) throws IOException {
    return client(name, 1);
  }

  private Tunnel client(String name, int number) throws IOException {
    return in(new Place(name, number), LabOptions.DEFAULT, Duration.ZERO);
  }

  /** With this MTU on all links outside, and fitting ones of pods. */
  Tunnel withMtu(String name, int bytes) throws IOException {
    LabOptions options = LabOptions.DEFAULT.withLanMtu(bytes).withPodMtu(bytes - POD_LESS);
    return in(new Place(name, bytes), options, Duration.ZERO);
  }

  /** With a round trip that takes so much longer. */
  Tunnel delayed(String name, int millis) throws IOException {
    return in(new Place(name, millis), LabOptions.DEFAULT, Duration.ofMillis(millis));
  }

  /** So many at once, each in a lab of its own: what all of them carry, Gb/s. */
  double together(String name, int clients) throws IOException {
    List<Tunnel> all = new ArrayList<>();
    for (int i = 1; i <= clients; i++) {
      all.add(client(name, i));
    }
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Transfer>> transfers =
          all.stream().map(tunnel -> each.submit(() -> meter.transfer(tunnel))).toList();
      double gigabits = 0;
      for (Future<Transfer> transfer : transfers) {
        gigabits += transfer.get().gigabits();
      }
      return gigabits;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(e.getMessage());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private Tunnel in(Place place, LabOptions options, Duration delay) throws IOException {
    Tunnel there = up.get(place);
    if (there == null) {
      Lab lab = labs.own(Lab.up("bs" + up.size(), options));
      there = Peers.bringUp(place.tunnel(), lab, teletun, wireguard);
      warmUp(there);
      if (delay.isPositive()) {
        lab.delay(delay);
      }
      up.put(place, there);
    }
    return there;
  }

  /** Compiles the ways of packets before anything counts. */
  private static void warmUp(Tunnel tunnel) throws IOException {
    Transfer _ = WARM_UP.transfer(tunnel);
    Transfer _ = WARM_UP.transfer(tunnel, "-R");
  }

  @Override
  public void close() throws IOException {
    labs.close();
  }
}
