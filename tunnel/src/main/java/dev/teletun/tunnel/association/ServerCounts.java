package dev.teletun.tunnel.association;

import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What happened to a server's handshakes, associations and strange datagrams. Loop thread only. */
final class ServerCounts {
  final Events handshakes = new Events("begun", "succeeded", "failed", "given_up", "no_place");
  final Events associations = new Events("in_force", "moved", "expired", "peer_closed");
  final Events strangers = new Events("tried", "dropped", "wrong_token");
  private final Totals records = new Totals();
  private final List<Link> counted = new ArrayList<>();
  private final Links living;

  /** {@code living}: those in use at any time, seen through by us. */
  ServerCounts(Links living) {
    this.living = living;
  }

  void track(Link link) {
    counted.add(link);
    retire();
  }

  private void retire() {
    counted.removeIf(link -> {
      boolean gone = !living.contains(link);
      if (gone) {
        records.retire(of(link));
      }
      return gone;
    });
  }

  private static Map<String, Long> of(Link link) {
    return link.association().counters().byName();
  }

  private Map<String, Long> records() {
    retire();
    return records.with(counted.stream().map(ServerCounts::of).toList());
  }

  void register(Counters to) {
    to.family("teletun_handshakes", "DTLS handshakes.", "event", handshakes::read);
    to.family("teletun_associations", "Data associations.", "event", associations::read);
    to.family(
        "teletun_stray_datagrams", "Datagrams of unknown senders.", "outcome", strangers::read);
    to.family("teletun_records", "DTLS records of associations.", "outcome", this::records);
  }
}
