package dev.teletun.tunnel.control;

import java.io.IOException;

/** The server closed the control connection before it said anything: its slot is taken. */
public final class SlotBusyException extends IOException {
  private static final long serialVersionUID = 1;

  SlotBusyException(String server) {
    super(
        ("%s accepted our key and closed the connection before sending an address: another client"
                + " holds the pod, or the pair has no server-cluster yet. Wait for the other client"
                + " to leave, or look at the log of server-external")
            .formatted(server));
  }
}
