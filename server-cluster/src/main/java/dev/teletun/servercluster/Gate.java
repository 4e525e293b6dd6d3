package dev.teletun.servercluster;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.unix.PeerCredentials;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Totals;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.unix.Greeting;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets one server-external in at a time, by its uid, greets it and takes the pod over for as long
 * as it stays. The newest connection of the right uid wins. Loop thread only.
 */
final class Gate {
  private final EventLoop loop;
  private final PacketPort tun;
  private final Takeover takeover;
  private final UnixListener listener;
  private final Path resolvConf;
  private final OptionalInt peerUid;
  private final boolean handsOver;
  private final Consumer<String> log;
  private final Events events = new Events("linked", "ended", "refused_uid", "failed");
  private final Totals frames = new Totals();
  private final Totals dropped = new Totals();
  private final Totals duty = new Totals();
  private @Nullable Serving serving;
  private Closeable silence = () -> {};

  /**
   * Borrows everything; the caller closes.
   *
   * @param handsOver whether server-external gets the device itself, and not frames
   */
  Gate(
      EventLoop loop,
      PacketPort tun,
      Takeover takeover,
      UnixListener listener,
      Path resolvConf,
      OptionalInt peerUid,
      boolean handsOver,
      Consumer<String> log) {
    this.loop = loop;
    this.tun = tun;
    this.takeover = takeover;
    this.listener = listener;
    this.resolvConf = resolvConf;
    this.peerUid = peerUid;
    this.handsOver = handsOver;
    this.log = log;
  }

  /** Makes its counters readable, on the loop's thread. */
  void register(Counters to) {
    to.family("teletun_pair", "The link to server-external.", "event", events::read);
    to.family(
        "teletun_frames",
        "Frames between server-external and the device; a superpacket is one.",
        "direction",
        () -> frames.with(living(Serving::frames)));
    to.family(
        "teletun_dropped_frames",
        "Frames dropped, and why.",
        "reason",
        () -> dropped.with(living(Serving::dropped)));
    to.count(
        "teletun_device_dropped_frames",
        "Frames that the device refused or had no room for.",
        tun::dropped);
    to.family(
        "teletun_router_packets",
        "Packets of the client as a router in front of the pod's interface treated them.",
        "duty",
        () -> duty.with(living(Serving::duty)));
  }

  private List<Map<String, Long>> living(Function<Serving, Map<String, Long>> reader) {
    Serving now = serving;
    return now == null ? List.of() : List.of(reader.apply(now));
  }

  /** How it stands. */
  List<Fact> facts() {
    PodNetwork pod = takeover.pod();
    return List.of(
        Fact.text("pair", serving == null ? "waiting for server-external" : "linked"),
        Fact.text("packets", serving == null ? "none" : serving.how()),
        Fact.list("podAddresses", pod.addresses().stream().map(Addresses::text).toList()),
        Fact.text("interface", pod.link().name()),
        Fact.number("interfaceMtu", pod.link().mtu()));
  }

  void accept() throws IOException {
    Optional<UnixStream> accepted = listener.accept();
    if (accepted.isEmpty()) {
      return;
    }
    UnixStream stream = accepted.get();
    try {
      PeerCredentials peer = stream.peer();
      if (!isAllowed(peer)) {
        events.count("refused_uid");
        log.accept(
            "refused uid %d (pid %d) on the sockfile: server-external has another uid, or -peer-uid must name it"
                .formatted(peer.uid(), peer.pid()));
        stream.close();
        return;
      }
      end("another server-external connected");
      begin(stream);
    } catch (IOException e) {
      stream.close();
      events.count("failed");
      log.accept("a server-external could not be served: " + e.getMessage());
      end("it could not be served");
    }
  }

  private boolean isAllowed(PeerCredentials peer) {
    return peer.uid() == peerUid.orElseGet(Libc::geteuid);
  }

  /** The pod is taken first: what server-external writes must not reach the pod's own stack. */
  private void begin(UnixStream stream) throws IOException {
    String resolvText = Files.readString(resolvConf, NulTerminated.CHARSET);
    Set<InetAddress> nameServers = Set.copyOf(ResolvConf.parse(resolvText).nameServers());
    takeover.begin(nameServers);
    try {
      greet(stream, resolvText);
      serving = handsOver ? new HandedDevice(loop, stream, this::end) : relay(stream, nameServers);
    } catch (IOException | RuntimeException e) {
      takeover.end();
      throw e;
    }
    silence.close();
    silence = loop.every(Silence.RENEWAL, () -> silently(takeover::keepSilent));
    events.count("linked");
    log.accept(
        "server-external is linked: %s is the client's"
            .formatted(Addresses.text(takeover.pod().addresses())));
  }

  private Relay relay(UnixStream stream, Set<InetAddress> nameServers) throws IOException {
    PodNetwork pod = takeover.pod();
    return new Relay(
        loop,
        tun,
        new FramePort(stream),
        new InnerFilter(pod.addresses(), nameServers),
        pod.link().mtu(),
        this::end);
  }

  private interface Change {
    void make() throws IOException;
  }

  /** What fails here costs connections when somebody dies, and nothing now. */
  private void silently(Change change) {
    try {
      change.make();
    } catch (IOException e) {
      log.accept("the pod's own refusals cannot be changed: " + e.getMessage());
    }
  }

  private void greet(UnixStream stream, String text) throws IOException {
    PodNetwork network = takeover.pod();
    byte[] greeting =
        Greeting.encode(
            network.addressList(),
            text,
            network.facts().withDevice(tun.takesUdpSegments(), handsOver));
    ByteBuffer bytes = ByteBuffer.allocateDirect(greeting.length).put(0, greeting);
    int written =
        handsOver
            ? stream.write(bytes, 0, greeting.length, tun.fd())
            : stream.write(bytes, 0, greeting.length);
    if (written != greeting.length) {
      throw new IOException(
          "the socket did not take the greeting of %d bytes at once".formatted(greeting.length));
    }
  }

  /** The pod's links, addresses or routes changed. What cannot be followed stays as it is. */
  void networkChanged() throws IOException {
    int mtu = takeover.pod().link().mtu();
    boolean otherAddresses;
    try {
      otherAddresses = takeover.follow();
    } catch (IOException e) {
      log.accept("the pod's network changed and cannot be followed: " + e.getMessage());
      return;
    }
    if (otherAddresses) {
      end("the pod's addresses changed");
    } else if (serving != null && takeover.pod().link().mtu() != mtu) {
      serving.interfaceMtu(takeover.pod().link().mtu());
    }
  }

  private void end(String why) throws IOException {
    Serving gone = serving;
    if (gone == null) {
      return;
    }
    serving = null;
    events.count("ended");
    frames.retire(gone.frames());
    dropped.retire(gone.dropped());
    duty.retire(gone.duty());
    try (gone) { // also when the table cannot be removed: nobody else would close the socket
      takeover.end();
    }
    silence.close();
    silence = loop.schedule(Silence.LENGTH, () -> silently(takeover::endSilence));
    log.accept(
        "server-external is gone (%s): the pod's network is its own; dropped: %s"
            .formatted(why, drops(gone)));
  }

  private String drops(Serving gone) {
    return "refused=%d tun=%d frames=%d"
        .formatted(gone.dropped().get("refused"), tun.dropped(), gone.dropped().get("pair_full"));
  }

  /** Ends the connection that is there. */
  void close() throws IOException {
    end("server-cluster stops");
    silence.close();
  }
}
