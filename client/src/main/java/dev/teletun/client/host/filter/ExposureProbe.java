package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Shows whether what is exposed arrives: an accept of ours does not override anybody's drop, such
 * as that of ufw or firewalld.
 *
 * <p>Packets as if from the cluster are put into the device. Behind everybody's input chains the
 * last one of ours counts and drops them, before connection tracking would remember them; what a
 * firewall answers to them is dropped, too. So no program here and nobody in the cluster hears of
 * them. One thread at a time.
 */
final class ExposureProbe implements Closeable {
  /** The kernel takes a packet at once, unless another CPU is to handle it (RPS). */
  private static final int LOOKS = 20;

  private static final long BETWEEN_MILLIS = 10;

  private final OwnTable table;
  private final String name;
  private final String device;
  private final boolean all;
  private final List<Question> questions;
  private int changes;

  /** One port in one family. */
  private record Question(ExposedPorts ports, int port, boolean ipv6, int number) {
    String counter() {
      return "probe" + number;
    }

    Optional<ProbePacket> packet(List<InetAddress> own, Collection<Prefix> cluster) {
      Optional<InetAddress> to =
          own.stream().filter(a -> a instanceof Inet6Address == ipv6).findFirst();
      Optional<InetAddress> from =
          ports.from().isPresent()
              ? ports.from().map(ExposureProbe::inside)
              : cluster.stream()
                  .filter(p -> p.isIpv6() == ipv6)
                  .findFirst()
                  .map(ExposureProbe::inside);
      return to.isPresent() && from.isPresent()
          ? Optional.of(new ProbePacket(ports.transport(), from.get(), to.get(), port, number))
          : Optional.empty();
    }
  }

  private ExposureProbe(
      OwnTable table, String name, String device, boolean all, List<Question> questions) {
    this.table = table;
    this.name = name;
    this.device = device;
    this.all = all;
    this.questions = questions;
  }

  /** Gets ready to ask for what is exposed on {@code device}. */
  static ExposureProbe open(String device, Exposed exposed) throws IOException {
    String name = "teletun-probe-" + device;
    List<Question> questions = questions(exposed);
    OwnTable table = OwnTable.open(new NftTable("inet", name), rules(name, device, questions));
    return new ExposureProbe(table, name, device, exposed.everything(), questions);
  }

  private static List<Question> questions(Exposed exposed) {
    int number = ThreadLocalRandom.current().nextInt(1 << 20, 1 << 30);
    List<Question> questions = new ArrayList<>();
    for (ExposedPorts ports : exposed.probed()) {
      for (boolean ipv6 : new boolean[] {false, true}) {
        if (ports.from().isEmpty() || ports.from().get().isIpv6() == ipv6) {
          for (int port : ports.samples()) {
            questions.add(new Question(ports, port, ipv6, number++));
          }
        }
      }
    }
    return questions;
  }

  private static String rules(String name, String device, List<Question> questions) {
    StringBuilder rules =
        new StringBuilder(
            """
            add chain inet %1$s arrived { type filter hook input priority 2147483646; policy accept; }
            add chain inet %1$s answers { type filter hook output priority -500; policy accept; }
            """
                .formatted(name));
    for (Question question : questions) {
      rules.append(
          """
          add counter inet %1$s %2$s
          add rule inet %1$s arrived iifname "%3$s" %4$s counter name %2$s drop
          """
              .formatted(name, question.counter(), device, condition(question)));
    }
    int first = questions.getFirst().number();
    for (String answer : ProbePacket.answers(first, questions.getLast().number())) {
      rules.append(
          "add rule inet %s answers oifname \"%s\" %s drop\n".formatted(name, device, answer));
    }
    return rules.toString();
  }

  private static String condition(Question question) {
    return ProbePacket.condition(question.ports().transport(), question.number());
  }

  /** An address of the prefix that a host could have. */
  private static InetAddress inside(Prefix prefix) {
    if (prefix.isHost()) {
      return prefix.network();
    }
    byte[] bytes = prefix.network().getAddress();
    bytes[bytes.length - 1] |= 1;
    return Addresses.ofBytes(bytes);
  }

  /**
   * Asks.
   *
   * @param own addresses of the device
   * @param cluster prefixes routed to it
   * @return what keeps something out; empty if no family could be asked for
   */
  Optional<Set<Obstacle>> ask(
      List<InetAddress> own, Collection<Prefix> cluster, HostFilter.Injection into)
      throws IOException {
    changes = 0;
    Set<Obstacle> obstacles = new LinkedHashSet<>();
    Map<String, Long> before = table.counts();
    List<Question> asked = new ArrayList<>();
    for (Question question : questions) {
      Optional<ProbePacket> packet = question.packet(own, cluster);
      if (packet.isPresent()) {
        into.put(packet.get().bytes());
        asked.add(question);
      }
    }
    List<Question> silent = silent(asked, before);
    for (boolean ipv6 : new boolean[] {false, true}) {
      List<Question> unanswered = silent.stream().filter(q -> q.ipv6() == ipv6).toList();
      if (!unanswered.isEmpty()) {
        Question first = unanswered.getFirst();
        byte[] packet = first.packet(own, cluster).orElseThrow().bytes();
        BlockerSearch search = new BlockerSearch(table, name, device);
        Blocker blocker = search.find(ipv6, condition(first), packet, into);
        changes += search.changes();
        for (Question question : unanswered) {
          obstacles.add(
              new Obstacle(
                  all ? "all" : question.ports().toString(),
                  blocker.name(),
                  blocker.remedy(question.ports(), all, device)));
        }
      }
    }
    return asked.isEmpty() ? Optional.empty() : Optional.of(obstacles);
  }

  /** How many transactions of nftables the last time took. */
  int changes() {
    return changes;
  }

  private List<Question> silent(List<Question> asked, Map<String, Long> before) throws IOException {
    List<Question> silent = asked;
    for (int i = 0; i < LOOKS && !silent.isEmpty(); i++) {
      if (i > 0) {
        Waiting.pause(BETWEEN_MILLIS);
      }
      Map<String, Long> now = table.counts();
      silent =
          silent.stream()
              .filter(q ->
                  now.getOrDefault(q.counter(), 0L).equals(before.getOrDefault(q.counter(), 0L)))
              .toList();
    }
    return silent;
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
