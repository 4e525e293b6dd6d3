package dev.teletun.client.host.cleanup;

import dev.teletun.client.dns.way.DnsIntercept;
import dev.teletun.client.host.device.ClientDevice;
import dev.teletun.client.host.route.Fence;
import dev.teletun.client.host.trace.CoveredFile;
import dev.teletun.client.host.trace.OwnRules;
import dev.teletun.client.host.trace.RegistryRecord;
import dev.teletun.client.host.trace.ReplacedFile;
import dev.teletun.client.host.trace.StateDirectory;
import dev.teletun.client.host.trace.Trace;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.Nftables;
import dev.teletun.linux.route.RouteSocket;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Undoes what a killed client left where the kernel did not: what its journal tells of, nftables
 * tables of ours that no living process owns, and tracked flows to its DNS stub. A living client's
 * things and everybody else's stay.
 */
public final class Cleanup {
  /** A client names its tables after its device. */
  private static final Pattern TABLE =
      Pattern.compile("inet teletun-(?:dns|lan|leak|inbound|probe|share|sharedns)-(tel\\d+)");

  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  private Cleanup() {}

  /**
   * Does it; may be repeated.
   *
   * @param keepFences whether what {@code -fail-closed} leaves behind a killed client stays
   * @return what was repaired, a line each
   */
  public static List<String> run(boolean keepFences) throws IOException {
    List<String> repaired = new ArrayList<>();
    Set<String> living;
    try (RouteSocket kernel = RouteSocket.open()) {
      living =
          ClientDevice.all(kernel).stream().map(ClientDevice::name).collect(Collectors.toSet());
      int fences = keepFences ? 0 : Fence.removeAbandoned(kernel, living);
      if (fences > 0) {
        repaired.add("removed %d unreachable routes of -fail-closed".formatted(fences));
      }
    }
    repaired.addAll(Traces.undoAbandoned(StateDirectory.STANDARD));
    repaired.addAll(unrecorded(living));
    int flows = DnsIntercept.forgetStaleFlows();
    if (flows > 0) {
      repaired.add("made the kernel forget %d flows to a DNS stub that is gone".formatted(flows));
    }
    repaired.addAll(tables(living)); // last: a host without libnftables has names to get back, too
    return repaired;
  }

  private static List<String> tables(Set<String> livingDevices) throws IOException {
    List<String> removed = new ArrayList<>();
    try (Nftables nft = Nftables.open()) {
      for (NftTable table : nft.tablesLikeOurs()) {
        if (isStale(table, livingDevices) && nft.delete(table)) {
          removed.add("removed the nftables table %s".formatted(table));
        }
      }
    }
    return removed;
  }

  /** What bears our mark although no journal tells of it: that may be lost. */
  private static List<String> unrecorded(Set<String> livingDevices) throws IOException {
    List<Trace> left = new ArrayList<>(ReplacedFile.left(RESOLV_CONF, livingDevices));
    CoveredFile.left(RESOLV_CONF, livingDevices).ifPresent(left::add);
    left.addAll(RegistryRecord.left(livingDevices));
    try (RouteSocket kernel = RouteSocket.open()) {
      left.addAll(OwnRules.left(kernel, livingDevices));
    }
    left.removeAll(Traces.living(StateDirectory.STANDARD));
    List<String> repaired = new ArrayList<>();
    for (Trace trace : left) {
      try {
        trace.undo().ifPresent(repaired::add);
      } catch (NoSuchFileException _) {
        // Another cleanup is undoing it.
      }
    }
    return repaired;
  }

  /** A living process's tables cannot be deleted either, but without owner tables they could. */
  private static boolean isStale(NftTable table, Set<String> livingDevices) {
    Matcher ours = TABLE.matcher(table.toString());
    return ours.matches() && !livingDevices.contains(ours.group(1));
  }
}
