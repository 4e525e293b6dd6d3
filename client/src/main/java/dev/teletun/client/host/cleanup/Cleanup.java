package dev.teletun.client.host.cleanup;

import dev.teletun.client.dns.way.DnsIntercept;
import dev.teletun.client.host.device.ClientDevice;
import dev.teletun.client.host.route.Fence;
import dev.teletun.client.host.trace.CoveredFile;
import dev.teletun.client.host.trace.OwnRules;
import dev.teletun.client.host.trace.RegistryRecord;
import dev.teletun.client.host.trace.Repairs;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
   * Does it, as far as it can be done; may be repeated.
   *
   * @param keepFences whether what {@code -fail-closed} leaves behind a killed client stays
   * @param told hears what was repaired, a line each
   * @throws IOException with all that could not be repaired
   */
  public static void run(boolean keepFences, Consumer<String> told) throws IOException {
    Repairs repairs = new Repairs(told);
    Set<String> living;
    try (RouteSocket kernel = RouteSocket.open()) {
      living =
          ClientDevice.all(kernel).stream().map(ClientDevice::name).collect(Collectors.toSet());
      boolean _ =
          repairs.step(() ->
              counted(
                  keepFences ? 0 : Fence.removeAbandoned(kernel, living),
                  "removed %d unreachable routes of -fail-closed"));
    }
    Traces.undoAbandoned(StateDirectory.STANDARD, repairs);
    undoUnrecorded(living, repairs);
    boolean _ =
        repairs.step(() ->
            counted(
                DnsIntercept.forgetStaleFlows(),
                "made the kernel forget %d flows to a DNS stub that is gone"));
    boolean _ = repairs.step(() -> removeTables(living, told));
    repairs.throwIfAnyFailed();
  }

  private static Optional<String> counted(int count, String what) {
    return count > 0 ? Optional.of(what.formatted(count)) : Optional.empty();
  }

  private static Optional<String> removeTables(Set<String> livingDevices, Consumer<String> told)
      throws IOException {
    try (Nftables nft = Nftables.open()) {
      for (NftTable table : nft.tablesLikeOurs()) {
        if (isStale(table, livingDevices) && nft.delete(table)) {
          told.accept("removed the nftables table %s".formatted(table));
        }
      }
    }
    return Optional.empty();
  }

  /** What bears our mark although no journal tells of it: that may be lost. */
  private static void undoUnrecorded(Set<String> livingDevices, Repairs repairs)
      throws IOException {
    Set<Trace> recorded = Traces.living(StateDirectory.STANDARD);
    for (Search search : searches(livingDevices)) {
      boolean _ =
          repairs.step(() -> {
            for (Trace trace : search.left()) {
              if (!recorded.contains(trace)) {
                boolean _ = repairs.step(() -> undo(trace));
              }
            }
            return Optional.empty();
          });
    }
  }

  /** Looks for one kind of traces. */
  private interface Search {
    Collection<? extends Trace> left() throws IOException;
  }

  private static List<Search> searches(Set<String> livingDevices) {
    return List.of(
        () -> ReplacedFile.left(RESOLV_CONF, livingDevices),
        () -> CoveredFile.left(RESOLV_CONF, livingDevices).stream().toList(),
        () -> RegistryRecord.left(livingDevices),
        () -> {
          try (RouteSocket kernel = RouteSocket.open()) {
            return OwnRules.left(kernel, livingDevices);
          }
        });
  }

  private static Optional<String> undo(Trace trace) throws IOException {
    try {
      return trace.undo();
    } catch (NoSuchFileException _) {
      return Optional.empty(); // another cleanup is undoing it
    }
  }

  /** A living process's tables cannot be deleted either, but without owner tables they could. */
  private static boolean isStale(NftTable table, Set<String> livingDevices) {
    Matcher ours = TABLE.matcher(table.toString());
    return ours.matches() && !livingDevices.contains(ours.group(1));
  }
}
