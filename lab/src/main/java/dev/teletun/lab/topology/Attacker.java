package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Somebody on the way between client and server who sees every datagram, has no key, and sends what
 * he likes from any address, the peer's own among them.
 */
public final class Attacker {
  /** Nobody's (RFC 2544): strangers' addresses. Give the node a black hole for it. */
  public static final String STRANGERS = "198.18.0.0/15";

  /** Every forged datagram carries it, so that a rule can tell them from others. */
  public static final String DSCP = "1";

  /** Whom an attacker sends to. */
  public enum Victim {
    SERVER,
    CLIENT
  }

  private static final Pattern SENDING = Pattern.compile("^sending");
  private static final Duration PREPARATION = Duration.ofSeconds(60);

  private final Host host;
  private final List<String> flow;

  private Attacker(Host host, List<String> flow) {
    this.host = host;
    this.flow = flow;
  }

  /**
   * Between node and pod A, as whom pod A sees the client. Strangers' answers end at the node.
   *
   * @param pcap of the node's cni0, with a handshake
   */
  public static Attacker ofServer(Lab lab, Path pcap) throws IOException {
    lab.node().run("ip", "route", "replace", "blackhole", STRANGERS).orThrow();
    return at(lab.node(), "cni0", pcap, LabNet.EXTERNAL_PORT, Victim.SERVER);
  }

  /**
   * Between router and laptop, as whom the laptop sees the server.
   *
   * @param pcap of the router's lan0, with a handshake
   */
  public static Attacker ofClient(Lab lab, Path pcap) throws IOException {
    return at(lab.router(), "lan0", pcap, LabNet.NODE_PORT, Victim.CLIENT);
  }

  private static Attacker at(
      Host host, String interfaceName, Path pcap, int serverPort, Victim victim)
      throws IOException {
    Path script = Scripts.copy("hostile.py", host.logs());
    List<String> flow = new ArrayList<>(List.of("python3", "-IS", script.toString()));
    flow.addAll(List.of(interfaceName, pcap.toString(), Integer.toString(serverPort)));
    flow.add(victim == Victim.SERVER ? "server" : "client");
    return new Attacker(host, flow);
  }

  /** Records of every bad shape and all that was captured again, from the peer's address. */
  public RunningProgram shapes(int count, int seed, int perSecond) throws IOException {
    return start("shapes", "" + count, "" + seed, "" + perSecond);
  }

  /** The same, every other one from a stranger. */
  public RunningProgram shapesAlsoFromStrangers(int count, int seed, int perSecond)
      throws IOException {
    return start("shapes", "" + count, "" + seed, "" + perSecond, STRANGERS);
  }

  /** Random bytes, from the peer's address. */
  public RunningProgram garbage(int count, int perSecond) throws IOException {
    return start("garbage", "" + count, "" + perSecond);
  }

  /** The same, every other datagram from a stranger. */
  public RunningProgram garbageAlsoFromStrangers(int count, int perSecond) throws IOException {
    return start("garbage", "" + count, "" + perSecond, STRANGERS);
  }

  /**
   * What an older capture of the same interface holds in this direction, every other datagram from
   * a stranger.
   */
  public RunningProgram replay(Path old, int count, int perSecond) throws IOException {
    return start("replay", old.toString(), "" + count, "" + perSecond, STRANGERS);
  }

  /** First ClientHellos, each of another stranger. */
  public RunningProgram hellos(int count, int perSecond) throws IOException {
    return start("flood", "" + count, "" + perSecond, STRANGERS);
  }

  /** Returns once it sends. */
  private RunningProgram start(String... what) throws IOException {
    List<String> line = new ArrayList<>(flow);
    line.addAll(List.of(what));
    RunningProgram attack = host.start(line.toArray(String[]::new));
    attack.awaitLine(SENDING, PREPARATION);
    return attack;
  }
}
