package dev.teletun.cli;

import dev.teletun.cli.running.Running;
import dev.teletun.cli.running.Signals;
import dev.teletun.cli.running.Uncaught;
import dev.teletun.cli.screen.Json;
import dev.teletun.cli.screen.ProgressLine;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.connect.Client;
import dev.teletun.client.connect.Connected;
import dev.teletun.client.connect.PlannedOnlyException;
import dev.teletun.client.connect.Progress;
import dev.teletun.protocol.address.Addresses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Brings a client up before the user's eyes and keeps it until it ends. */
final class Connecting {
  private Connecting() {}

  /**
   * Opens a client, says so, and waits.
   *
   * @param json whether a program reads the line that says we are connected
   * @return the exit code
   */
  static int untilEnded(Screen screen, boolean json, Opener opener) throws Exception {
    try {
      return connected(screen, json, opener);
    } catch (PlannedOnlyException e) {
      screen.result("nothing was changed: this was the plan alone");
      return 0;
    }
  }

  private static int connected(Screen screen, boolean json, Opener opener) throws Exception {
    ProgressLine progress = new ProgressLine(screen);
    return Running.untilEnded(
        Signals.install(),
        Uncaught.install(),
        () -> {
          Client client;
          try {
            client = opener.open(progress);
          } finally {
            progress.clear();
          }
          screen.result(json ? asJson(client.connected()) : client.summary());
          return Answering.opened(
              "client", client::report, client.ended(), client, screen, Optional.empty());
        });
  }

  static String asJson(Connected connected) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", "connected");
    members.put("addresses", connected.addresses().stream().map(Addresses::text).toList());
    members.put("device", connected.device());
    members.put("tunMtu", connected.tunMtu());
    members.put("routes", connected.routes());
    members.put("dns", connected.dns().orElse("off"));
    members.put("server", Addresses.text(connected.server().address()));
    members.put("port", connected.server().tcpPort());
    members.put("endpoint", connected.server().toString());
    return Json.object(members);
  }

  /** Does all that comes before the connection stands. */
  @FunctionalInterface
  interface Opener {
    /** Says on {@code progress} what it does. */
    Client open(Progress progress) throws Exception;
  }
}
