package dev.teletun.servercluster;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.nft.Nftables;
import dev.teletun.linux.port.TunPort;
import dev.teletun.linux.route.RouteMonitor;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.tun.Tun;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A running server-cluster. One thread, {@code packets}, owns TUN, socket and table.
 *
 * <p>The pod's network is the pod's own until a server-external is connected, and again after.
 */
public final class ServerCluster implements Closeable {
  private static final String RESOLV_CONF = "/etc/resolv.conf";
  // Owner and group may connect, nobody else.
  private static final Set<PosixFilePermission> SOCKET_MODE =
      PosixFilePermissions.fromString("rw-rw----");

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));

  private final CloseStack resources;
  private final EventLoop loop;
  private final Gate gate;
  private final List<Fact> fixed;
  private final Counters counters = new Counters();

  private ServerCluster(CloseStack resources, EventLoop loop, Gate gate, List<Fact> fixed) {
    this.resources = resources;
    this.loop = loop;
    this.gate = gate;
    this.fixed = fixed;
    gate.register(counters);
  }

  /**
   * Opens TUN and socket and begins to listen.
   *
   * @param log takes one line per event, on any thread
   */
  public static ServerCluster open(ServerClusterOptions options, Consumer<String> log)
      throws IOException, InvalidSettingsException {
    check(options).throwIfAny();
    try (CloseStack onFailure = new CloseStack()) {
      Tun tun = Tun.open("tel%d");
      TunPort port = onFailure.own(new TunPort(tun));
      RouteSocket kernel = onFailure.own(RouteSocket.open());
      kernel.up(tun.interfaceIndex());
      PodTakeover takeover =
          onFailure.own(
              new PodTakeover(
                  onFailure.own(Nftables.open()),
                  kernel,
                  options.interfaceName(),
                  tun,
                  options.keepPorts()));
      if (!takeover.diesWithUs()) {
        log.accept(
            "this kernel has no nftables owner flag (Linux 5.12): after a kill -9 the pod's network stays taken until this container restarts");
      }
      makeDirectory(options.sockfile());
      UnixListener listener = onFailure.own(UnixListener.bind(options.sockfile(), SOCKET_MODE));
      RouteMonitor monitor = onFailure.own(RouteMonitor.open());
      EventLoop loop = onFailure.own(EventLoop.start("packets"));
      // Without the flag the kernel may be older than the hook that keeps strays from the stack.
      boolean handsOver = !options.asFrames() && takeover.diesWithUs();
      Gate gate =
          new Gate(
              loop,
              port,
              takeover,
              listener,
              Path.of(RESOLV_CONF),
              options.peerUid(),
              handsOver,
              log);
      onFailure.own(() -> loop.call(gate::close));
      watch(loop, listener, monitor, gate, onFailure);
      List<Fact> fixed =
          List.of(
              Fact.text("device", tun.name()),
              Fact.text("sockfile", options.sockfile().toString()));
      return new ServerCluster(onFailure.handOver(), loop, gate, fixed);
    }
  }

  private static Problems check(ServerClusterOptions options) {
    Problems problems = new Problems();
    for (int port : options.keepPorts()) {
      if (port < 1 || port > 65_535) {
        problems.add("-keep-port=%d: use 1 to 65535".formatted(port));
      }
    }
    return problems;
  }

  /** A volume's own directory is often open to all; one that is made here only to our group. */
  private static void makeDirectory(Path sockfile) throws IOException {
    Path directory = sockfile.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      try {
        Files.createDirectory(directory, DIRECTORY_MODE);
      } catch (IOException e) {
        throw new IOException(
            "-sockfile=%s: its directory cannot be made (%s): make it, or give this user the right"
                .formatted(sockfile, e),
            e);
      }
    }
  }

  private static void watch(
      EventLoop loop, UnixListener listener, RouteMonitor monitor, Gate gate, CloseStack owner)
      throws IOException {
    Watch connections = owner.own(loop.watch(listener.fd(), gate::accept));
    Watch changes =
        owner.own(
            loop.watch(
                monitor.fd(),
                () -> {
                  if (monitor.drain()) {
                    gate.networkChanged();
                  }
                }));
    loop.execute(() -> {
      connections.reading(true);
      changes.reading(true);
    });
  }

  /** How it stands, with all counters. Any thread. */
  public Report report() throws IOException {
    List<Fact> facts = new ArrayList<>(fixed);
    List<Report> reports = new ArrayList<>();
    loop.call(() -> {
      facts.addAll(gate.facts());
      reports.add(new Report(facts, counters.read()));
    });
    return reports.getFirst();
  }

  /** Completes when the server can go on no more, with why. */
  public CompletableFuture<Void> ended() {
    return loop.ended();
  }

  /** Gives the pod its network back and removes TUN and socket. */
  @Override
  public void close() throws IOException {
    resources.close();
  }
}
