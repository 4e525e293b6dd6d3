package dev.teletun.client.connect;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.tunnel.control.ClientSession;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads from one control connection to its end. */
final class Reading {
  private final ClientSession from;
  private final Control.Listener listener;
  private final Consumer<IOException> failed;
  private Duration drain = Duration.ZERO;
  private @Nullable String farewell;

  /** {@code failed} hears that this host cannot become what the server says. */
  Reading(ClientSession from, Control.Listener listener, Consumer<IOException> failed) {
    this.from = from;
    this.listener = listener;
    this.failed = failed;
  }

  /**
   * Reads until the connection is lost, and returns why.
   *
   * @throws IOException if the server ended the session
   */
  String untilLost() throws IOException {
    try {
      from.run(this::received);
      return "closed";
    } catch (IOException e) {
      if (farewell != null) {
        throw new IOException(
            "the server ended the session: " + ControlException.shown(farewell), e);
      }
      return String.valueOf(e.getMessage());
    }
  }

  private void received(ControlMessage message) {
    switch (message) {
      case ControlMessage.AddressesChanged changed -> {
        try {
          listener.podChanged(changed.addresses(), ResolvConf.parse(changed.resolvConf()));
        } catch (IOException e) {
          failed.accept(e);
        }
      }
      case ControlMessage.Facts facts -> listener.learned(facts);
      case ControlMessage.Drain said -> drain = said.within();
      case ControlMessage.Bye bye -> farewell = bye.why();
      default -> {
        // Pongs are noted where they are read; nothing else concerns a client.
      }
    }
  }

  /** Within how long the server wants to be dialled again, at random; zero if it said nothing. */
  Duration drain() {
    return drain;
  }
}
