package dev.teletun.client.connect;

import dev.teletun.client.host.state.TakenHost;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Keeps the host what the server says while control connections come and go. Called on one thread
 * at a time.
 */
final class Stay implements Control.Listener {
  private final DataChannel data;
  private final TakenHost host;
  private final Ladder ladder;
  private final RouteKeeper routes;
  private final Progress progress;
  private final Events events =
      new Events("lost", "dial_failed", "resumed", "anew", "moved", "pod_replaced");
  private volatile Attachment current;
  private volatile Instant since = Instant.now();
  private volatile String lostWhy = "";
  private volatile String toldTrouble = "";
  private volatile ControlMessage.Facts learned = new ControlMessage.Facts(0, 0, "", List.of());
  private long lostNanos;

  Stay(
      DataChannel data,
      TakenHost host,
      Ladder ladder,
      RouteKeeper routes,
      Attachment first,
      Progress progress) {
    this.ladder = ladder;
    this.data = data;
    this.host = host;
    this.routes = routes;
    this.current = first;
    this.progress = progress;
  }

  /** Makes its counters readable, on any thread. */
  void register(Counters to) {
    to.family("teletun_session", "What happened to the session.", "event", events::read);
  }

  /** How the session stands. Any thread. */
  List<Fact> facts() {
    Attachment now = current;
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("session", lostWhy.isEmpty() ? "attached" : "lost, dialling again"));
    facts.add(Fact.text("sessionSince", since.truncatedTo(ChronoUnit.SECONDS).toString()));
    if (!lostWhy.isEmpty()) {
      facts.add(Fact.text("sessionLostWhy", lostWhy));
      facts.add(Fact.text("clusterSays", toldTrouble));
    }
    facts.add(Fact.number("protocolVersion", now.token().isPresent() ? 2 : 1));
    facts.add(Fact.list("podAddresses", texts(now.addresses().addresses())));
    facts.add(Fact.text("server", Addresses.text(now.at().tcp())));
    facts.addAll(ladder.facts(now.at()));
    if (!learned.clusterDomain().isEmpty()) {
      facts.add(Fact.text("clusterDomain", learned.clusterDomain()));
    }
    if (learned.podMtu() > 0) {
      facts.add(Fact.number("podMtuBytes", learned.podMtu()));
    }
    facts.add(Fact.list("podPrefixes", learned.prefixes().stream().map(Prefix::toString).toList()));
    return facts;
  }

  private static List<String> texts(List<InetAddress> addresses) {
    return addresses.stream().map(Addresses::text).toList();
  }

  @Override
  public void lost(String why) {
    lostNanos = System.nanoTime();
    since = Instant.now();
    lostWhy = why;
    events.count("lost");
    progress.event("%s; dialling again".formatted(why));
  }

  @Override
  public void attached(Attachment what) throws IOException {
    podChanged(what.addresses(), what.resolvConf());
    boolean elsewhere = !what.at().equals(current.at());
    current = what;
    routes.attached(what);
    data.attached(what);
    since = Instant.now();
    lostWhy = "";
    toldTrouble = "";
    events.count(what.resumed() ? "resumed" : "anew");
    progress.event(
        "connected again after %d s%s%s"
            .formatted(
                Duration.ofNanos(System.nanoTime() - lostNanos).toSeconds(),
                what.resumed() ? "" : ", in a new session",
                elsewhere ? ", by " + what.at() : ""));
  }

  @Override
  public void moved(Attachment what) throws IOException {
    podChanged(what.addresses(), what.resolvConf());
    current = what;
    routes.attached(what);
    data.moved(what);
    since = Instant.now();
    lostWhy = "";
    events.count("moved");
    progress.event(
        "a better way to the server: %s%s"
            .formatted(what.at(), what.resumed() ? "" : ", in a new session"));
  }

  @Override
  public void dialFailed(Optional<String> trouble) {
    events.count("dial_failed");
    String what = trouble.orElse("");
    if (!what.isEmpty() && !what.equals(toldTrouble)) {
      progress.event("still not connected: " + what);
    }
    toldTrouble = what;
  }

  @Override
  public boolean packetsPass() {
    return data.packetsPass();
  }

  @Override
  public void learned(ControlMessage.Facts facts) {
    learned = facts;
    routes.learned(facts);
  }

  @Override
  public void podChanged(AddressList addresses, ResolvConf resolvConf) throws IOException {
    List<InetAddress> pod = addresses.addresses();
    if (pod.equals(current.addresses().addresses())) {
      return;
    }
    current = new Attachment(current.at(), current.token(), true, addresses, resolvConf);
    routes.attached(current);
    data.loop().call(() -> data.end().filter(Client.filter(current)));
    OptionalInt ended = host.change(state -> state.withAddresses(pod)).connectionsEnded();
    events.count("pod_replaced");
    progress.event(
        "the pod was replaced: this host is %s now; %s"
            .formatted(
                Addresses.text(pod),
                ended.isPresent()
                    ? "%d connections of before were ended".formatted(ended.getAsInt())
                    : "connections of before hang until their programs give up, as this kernel cannot end them"));
  }
}
