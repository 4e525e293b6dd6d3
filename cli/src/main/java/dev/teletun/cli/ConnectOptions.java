package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.client.connect.HostChoice;
import dev.teletun.client.connect.Planning;
import dev.teletun.client.connect.RouteChoice;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.filter.ExposedPorts;
import dev.teletun.client.host.route.RouteMode;
import dev.teletun.tunnel.association.Lifetime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that connects: what goes through the tunnel, and how. */
final class ConnectOptions {
  @Option(
      names = {"-route", "--route"},
      paramLabel = "PREFIX",
      description =
          "Send this prefix through the tunnel, besides those that the cluster says it has. May be"
              + " repeated.")
  List<String> routes = new ArrayList<>();

  @Option(
      names = {"-exclude", "--exclude"},
      paramLabel = "PREFIX",
      description =
          "Never send this prefix through the tunnel, whoever says that it is the cluster's. May be"
              + " repeated.")
  List<String> excluded = new ArrayList<>();

  @Option(
      names = {"-routes", "--routes"},
      paramLabel = "auto|hosts|none",
      description =
          "What becomes of the cluster's prefixes: auto routes them, hosts routes each address of a"
              + " Service or pod by itself, none only what -route says. Default: auto.")
  @Nullable String routeMode;

  @Option(
      names = {"-strict-routes", "--strict-routes"},
      description =
          "Also route by a table of our own that goes before this host's, so that no route of"
              + " others wins. A guardian removes its rules should the client be killed.")
  boolean strictRoutes;

  @Option(
      names = {"-plan", "--plan"},
      arity = "0..1",
      paramLabel = "only",
      fallbackValue = "said",
      description =
          "Print every change of this host before it is made; -plan=only makes none and ends.")
  @Nullable String plan;

  @Option(
      names = {"-expose", "--expose"},
      paramLabel = "PORT[/udp][:from=PREFIX]",
      description =
          "Let the cluster begin connections to this port of this host, or FIRST-LAST, or all; from"
              + " PREFIX only, if given. May be repeated. Without it only answers and pings come in.")
  List<String> exposed = new ArrayList<>();

  @Option(
      names = {"-share-with", "--share-with"},
      paramLabel = "IFACE",
      description =
          "Let what containers and VMs behind this bridge send into the tunnel, as if this host sent it,"
              + " and the answers back. May be repeated. Without it, it is rejected.")
  List<String> shared = new ArrayList<>();

  @Option(
      names = {"-fail-closed", "--fail-closed"},
      description =
          "Packets for the cluster go nowhere once the client was killed or has failed, instead of"
              + " out to the LAN. It leaves unreachable routes, which cleanup or the next boot removes.")
  boolean failClosed;

  @Option(
      names = {"-dns", "--dns"},
      paramLabel = "auto|resolved|intercept|openresolv|resolvconf|networkmanager|direct|off",
      description =
          "How the cluster's names resolve here: resolved by link DNS of systemd-resolved, intercept by"
              + " redirecting queries to port 53, openresolv, resolvconf or networkmanager by a record"
              + " with the program that writes /etc/resolv.conf, direct by name servers in that file, off"
              + " not at all. Records and file outlive a kill until a guardian puts them back. auto takes"
              + " resolved where systemd-resolved is in charge, else intercept, a record or direct only where"
              + " queries cannot be redirected, and says why. Default: auto.")
  @Nullable String dns;

  @Option(
      names = {"-check", "--check"},
      paramLabel = "on|off",
      description =
          "off does without the first round trip, for clusters that answer neither DNS nor ping."
              + " Default: on.")
  @Nullable String check;

  @Option(
      names = {"-takeover", "--takeover"},
      description = "End another client's session if it holds the pod.")
  boolean takeover;

  @Option(
      names = {"-rekey-records", "--rekey-records"},
      paramLabel = "COUNT",
      hidden = true,
      description = "For tests: take new keys after so many records instead of 2^28.")
  long rekeyRecords = Lifetime.STANDARD.records();

  @Option(
      names = {"-output", "--output"},
      paramLabel = "text|json",
      description = "How to print the line that says we are connected. Default: text.")
  @Nullable String output;

  boolean json(Checks checks) {
    return checks.optional("-output", output, Checks::json).orElse(false);
  }

  HostChoice host(Checks checks) {
    return new HostChoice(
        routes(checks), strictRoutes, boundary(checks), dns(checks), plan(checks));
  }

  private RouteChoice routes(Checks checks) {
    return new RouteChoice(
        checks.each("-route", routes, Checks::prefix),
        checks.each("-exclude", excluded, Checks::prefix),
        checks.optional("-routes", routeMode, ConnectOptions::routeMode).orElse(RouteMode.AUTO));
  }

  private Boundary boundary(Checks checks) {
    return new Boundary(exposed(checks), shared, failClosed);
  }

  private Exposed exposed(Checks checks) {
    if (exposed.contains("all")) {
      return Exposed.EVERYTHING;
    }
    return new Exposed(false, checks.each("-expose", exposed, ConnectOptions::ports));
  }

  private static ExposedPorts ports(String option, String value) {
    try {
      return ExposedPorts.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(option, value, e.getMessage()), e);
    }
  }

  private static RouteMode routeMode(String option, String value) {
    return switch (value) {
      case "auto" -> RouteMode.AUTO;
      case "hosts" -> RouteMode.HOSTS;
      case "none" -> RouteMode.NONE;
      default ->
          throw new IllegalArgumentException(
              "%s=%s is none of auto, hosts, none: write %s=hosts"
                  .formatted(option, value, option));
    };
  }

  private DnsMode dns(Checks checks) {
    return checks.optional("-dns", dns, ConnectOptions::dnsMode).orElse(DnsMode.AUTO);
  }

  private static DnsMode dnsMode(String option, String value) {
    return switch (value) {
      case "auto" -> DnsMode.AUTO;
      case "resolved" -> DnsMode.RESOLVED;
      case "intercept" -> DnsMode.INTERCEPT;
      case "openresolv" -> DnsMode.OPENRESOLV;
      case "resolvconf" -> DnsMode.RESOLVCONF;
      case "networkmanager" -> DnsMode.NETWORKMANAGER;
      case "direct" -> DnsMode.DIRECT;
      case "off" -> DnsMode.OFF;
      default ->
          throw new IllegalArgumentException(
              "%s=%s is none of auto, resolved, intercept, openresolv, resolvconf, networkmanager, direct, off: write %s=auto"
                  .formatted(option, value, option));
    };
  }

  private Planning plan(Checks checks) {
    return checks.optional("-plan", plan, ConnectOptions::planning).orElse(Planning.SILENT);
  }

  private static Planning planning(String option, String value) {
    return switch (value) {
      case "said" -> Planning.SAID;
      case "only" -> Planning.ONLY;
      default ->
          throw new IllegalArgumentException(
              "%s=%s: write %s alone, or %s=only".formatted(option, value, option, option));
    };
  }

  boolean check(Checks checks) {
    return checks.optional("-check", check, Checks::onOff).orElse(true);
  }

  Lifetime lifetime() {
    return new Lifetime(rekeyRecords, Lifetime.STANDARD.age());
  }
}
