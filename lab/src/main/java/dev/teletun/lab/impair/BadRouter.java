package dev.teletun.lab.impair;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The lab's router as a bad one, in both directions, until closed: one fault or one bottleneck at a
 * time. Laptop and node send each packet by itself meanwhile, so that one is struck and not the 64
 * that would travel as one.
 */
public final class BadRouter implements Closeable {
  private static final int PER_MILLE = 10;
  private static final int FAST = 10_000;
  private static final List<String> SIDES = List.of("lan0", "wan0");

  private final Lab lab;

  private BadRouter(Lab lab) {
    this.lab = lab;
  }

  /** Strikes {@code percent} of the packets each way, at any speed; steps of a tenth count. */
  public static BadRouter strike(Lab lab, Fault fault, double percent) throws IOException {
    return strike(lab, fault, percent, FAST);
  }

  /** The same where {@code megabits} pass in a second each way. */
  public static BadRouter strike(Lab lab, Fault fault, double percent, int megabits)
      throws IOException {
    BadRouter bad = new BadRouter(lab);
    try {
      bad.sendSingly(1);
      for (String side : SIDES) {
        bad.queues(side, megabits);
      }
      int perMille = (int) Math.round(percent * PER_MILLE);
      lab.router().runWithInput(fault.rules(perMille), "nft", "-f", "-").orThrow();
      return bad;
    } catch (IOException e) {
      try (bad) {
        throw e;
      }
    }
  }

  /**
   * Lets {@code megabits} through in a second each way, and keeps what waits in a queue that drops
   * at its end.
   *
   * @param queueMillis how long the last of a full queue waits
   */
  public static BadRouter narrow(Lab lab, int megabits, int queueMillis) throws IOException {
    BadRouter bad = new BadRouter(lab);
    try {
      bad.sendSingly(1);
      for (String side : SIDES) {
        run(
            lab.router(),
            "tc qdisc add dev %s root tbf rate %dmbit burst 5000 latency %dms"
                .formatted(side, megabits, queueMillis));
      }
      return bad;
    } catch (IOException e) {
      try (bad) {
        throw e;
      }
    }
  }

  /** One for all, and a slow one for what is to arrive late. */
  private void queues(String side, int megabits) throws IOException {
    Host router = lab.router();
    run(router, "tc qdisc add dev %s root handle 1: htb default 1 r2q 1000".formatted(side));
    queue(side, 1, megabits, "burst 5000 quantum 3000", megabits == FAST ? 1000 : 50);
    // The bursts are too short for two packets, so that the second waits.
    queue(side, 2, Math.max(1, Math.min(8, megabits / 5)), "burst 200 cburst 200 quantum 3000", 20);
  }

  private void queue(String side, int number, int megabits, String burst, int packets)
      throws IOException {
    run(
        lab.router(),
        "tc class add dev %s parent 1: classid 1:%d htb rate %dmbit %s"
            .formatted(side, number, megabits, burst));
    run(
        lab.router(),
        "tc qdisc add dev %s parent 1:%d pfifo limit %d".formatted(side, number, packets));
  }

  private void sendSingly(int segments) throws IOException {
    for (Host sender : List.of(lab.laptop(), lab.node())) {
      run(sender, "ip link set dev eth0 gso_max_segs " + segments);
    }
  }

  private static void run(Host host, String command) throws IOException {
    host.run(command.split(" ", -1)).orThrow();
  }

  /** The router is as good as before. Twice is once. */
  @Override
  public void close() throws IOException {
    Host router = lab.router();
    for (String family : List.of("inet", "netdev")) {
      // Declared first, so that deleting it never fails.
      router.shell("nft 'table %1$s impair; delete table %1$s impair'".formatted(family)).orThrow();
    }
    for (String side : SIDES) {
      router.run("tc", "qdisc", "delete", "dev", side, "root");
    }
    sendSingly(65_535); // the kernel's own, GSO_MAX_SEGS
  }
}
