package dev.teletun.client.connect;

import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Totals;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the carriers did that came and went. Loop thread only. */
final class Tally {
  final Events associations = new Events("begun", "in_force", "failed", "given_up", "moved");
  private final Totals records = new Totals();
  private final Totals losses = new Totals();
  private final Set<Carrier> open = new HashSet<>();

  void opened(Carrier carrier) {
    associations.count("begun");
    open.add(carrier);
  }

  /** {@code lastLosses}: of a socket that is about to be closed, by the name of the error. */
  void socketClosed(Map<String, Long> lastLosses) {
    losses.retire(lastLosses);
  }

  /** The carrier is about to be closed. */
  void closing(Carrier carrier) {
    if (open.remove(carrier)) {
      records.retire(carrier.association().records());
      losses.retire(carrier.losses());
    }
  }

  void register(Counters to) {
    to.family("teletun_associations", "Data associations.", "event", associations::read);
    to.family(
        "teletun_records",
        "DTLS records of associations.",
        "outcome",
        () -> records.with(open.stream().map(c -> c.association().records()).toList()));
    to.family(
        "teletun_socket_losses",
        "Datagrams that the kernel refused, by error.",
        "errno",
        () -> losses.with(open.stream().map(Carrier::losses).toList()));
  }
}
