package dev.teletun.tunnel.control;

import dev.teletun.protocol.control.ControlException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The server's one slot is taken: it said so, or closed before it said anything. */
public final class SlotBusyException extends IOException {
  private static final long serialVersionUID = 1;

  /** Version 2: {@code holder} is not to be trusted. */
  SlotBusyException(String server, String holder, Instant since) {
    super(
        "%s: another client holds the pod, %s since %s. Wait for it to leave, or take the pod over with -takeover"
            .formatted(
                server, ControlException.shown(holder), since.truncatedTo(ChronoUnit.SECONDS)));
  }

  SlotBusyException(String server) {
    super(
        ("%s accepted our key and closed the connection before sending an address: another client"
                + " holds the pod, or the pair has no server-cluster yet. Wait for the other client"
                + " to leave, or look at the log of server-external")
            .formatted(server));
  }
}
