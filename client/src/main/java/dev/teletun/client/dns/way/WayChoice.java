package dev.teletun.client.dns.way;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Which way was chosen, and why.
 *
 * @param mode neither {@link DnsMode#AUTO} nor {@link DnsMode#OFF}
 * @param reason what comes after "because"
 */
record WayChoice(DnsMode mode, String reason) {

  /** Asks systemd-resolved whether it is there. */
  interface Ping {
    /** Returns if it answers. */
    void run() throws IOException;
  }

  /**
   * Chooses from facts, never from which programs are installed.
   *
   * @param resolved is asked only where the answer matters: asking may start it
   * @throws IOException if the way that was asked for cannot work; with what to do
   */
  static WayChoice of(DnsMode asked, ResolverFacts facts, Ping resolved) throws IOException {
    return switch (asked) {
      case AUTO -> best(facts, resolved);
      case INTERCEPT -> new WayChoice(DnsMode.INTERCEPT, "-dns=intercept says so");
      case RESOLVED -> {
        demand(facts, resolved);
        yield new WayChoice(DnsMode.RESOLVED, "-dns=resolved says so");
      }
      case DIRECT -> {
        demandFile(facts);
        yield new WayChoice(DnsMode.DIRECT, "-dns=direct says so");
      }
      case OPENRESOLV, RESOLVCONF, NETWORKMANAGER ->
          new WayChoice(asked, "-dns=%s says so".formatted(asked.name().toLowerCase(Locale.ROOT)));
      case OFF -> throw new IllegalArgumentException("off is no way");
    };
  }

  private static WayChoice best(ResolverFacts facts, Ping resolved) {
    Optional<String> inCharge = facts.resolvedInCharge();
    if (inCharge.isEmpty()) {
      return new WayChoice(
          DnsMode.INTERCEPT,
          "systemd-resolved is not in charge of %s".formatted(facts.resolvConf()));
    }
    try {
      resolved.run();
    } catch (IOException e) {
      return new WayChoice(
          DnsMode.INTERCEPT,
          "%s, but systemd-resolved does not answer: %s".formatted(inCharge.get(), e.getMessage()));
    }
    return new WayChoice(
        DnsMode.RESOLVED, inCharge.get() + " and systemd-resolved answers on the system bus");
  }

  /** nss-resolve asks systemd-resolved whatever the file says. */
  private static void demandFile(ResolverFacts facts) throws IOException {
    if (facts.asksResolvedFirst()) {
      throw new IOException(
          "-dns=direct cannot work: nsswitch.conf asks systemd-resolved before DNS, so programs do not go by %s. Leave -dns out"
              .formatted(facts.resolvConf()));
    }
  }

  private static void demand(ResolverFacts facts, Ping resolved) throws IOException {
    if (facts.resolvedInCharge().isEmpty()) {
      throw new IOException(
          ("-dns=resolved cannot work: %s names servers other than systemd-resolved's, so programs"
                  + " would not hear of the cluster's names. Leave -dns out, or link it to"
                  + " /run/systemd/resolve/stub-resolv.conf")
              .formatted(facts.resolvConf()));
    }
    try {
      resolved.run();
    } catch (IOException e) {
      throw new IOException(
          "-dns=resolved cannot work: %s. Start it (systemctl start systemd-resolved), or leave -dns out"
              .formatted(e.getMessage()),
          e);
    }
  }
}
