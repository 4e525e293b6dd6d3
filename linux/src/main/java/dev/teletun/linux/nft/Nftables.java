package dev.teletun.linux.nft;

import com.sun.jna.Pointer;
import dev.teletun.linux.capability.Capabilities;
import dev.teletun.linux.libc.Errno;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A libnftables context, and with it the netlink socket to which tables with {@code flags owner}
 * belong: they live until {@link #close} or until the process ends, however it ends (Linux ≥ 5.12).
 *
 * <p>It belongs to the network namespace in which the opening thread was; run commands that name
 * interfaces from a thread in the same one, as libnftables looks those up anew. Any thread, one at
 * a time.
 */
public final class Nftables implements Closeable {
  private final LibNftables library;
  private @Nullable Pointer context;

  private Nftables(LibNftables library, Pointer context) {
    this.library = library;
    this.context = context;
  }

  /**
   * Loads libnftables and opens a context.
   *
   * @throws IOException if the library is not installed; the message says how to install it
   */
  public static Nftables open() throws IOException {
    LibNftables library = LibNftables.load();
    Pointer context = library.nft_ctx_new(LibNftables.DEFAULT);
    if (context == null) {
      throw new IOException("nft_ctx_new failed: no memory. See \"free\"");
    }
    library.nft_ctx_buffer_error(context);
    library.nft_ctx_buffer_output(context);
    library.nft_ctx_output_set_flags(context, LibNftables.NUMERIC_PRIORITY);
    return new Nftables(library, context);
  }

  /**
   * Runs commands in the syntax of nft(8) as one transaction: all or nothing. A block inside a
   * block needs a newline after its closing brace.
   */
  public void run(String commands) throws NftException {
    query(commands);
  }

  /** Runs a command and returns what it prints. */
  public synchronized String query(String command) throws NftException {
    if (context == null) {
      throw new IllegalStateException("nft(%s) on a closed context".formatted(command));
    }
    if (!Capabilities.effective(Capabilities.CAP_NET_ADMIN)) {
      // libnftables would say so too, but on our stderr.
      throw NftException.notPermitted(command);
    }
    int result = library.nft_run_cmd_from_buffer(context, command);
    String output = text(library.nft_ctx_get_output_buffer(context));
    String errors = text(library.nft_ctx_get_error_buffer(context));
    if (result != 0) {
      throw new NftException(command, errors);
    }
    return output;
  }

  /** All tables of the namespace, other processes' too. */
  public List<NftTable> tables() throws NftException {
    return query("list tables").lines().flatMap(line -> NftTable.ofLine(line).stream()).toList();
  }

  /** All chains of the namespace to which the kernel hands packets, other processes' too. */
  public List<BaseChain> baseChains() throws NftException {
    return BaseChain.of(query("list chains"));
  }

  /** The tables whose names say that some process of this project made them, living or not. */
  public List<NftTable> tablesLikeOurs() throws NftException {
    return tables().stream().filter(NftTable::looksLikeOurs).toList();
  }

  /**
   * Deletes a table with all it holds.
   *
   * @return false if it is gone already, or belongs to the context of a living process
   */
  public boolean delete(NftTable table) throws NftException {
    try {
      run("delete table " + table);
      return true;
    } catch (NftException e) {
      boolean owned = e.errno() == Errno.EPERM && tables().contains(table);
      if (owned || e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /**
   * True if a table with {@code flags owner} could be made here and now; tried on one that is gone
   * afterwards. False also without libnftables or without permission.
   */
  public static boolean ownerFlagWorks() {
    return Probe.OWNER_FLAG.works();
  }

  /**
   * True if the kernel can hand packets on by {@code fwd … to} at the ingress hook (module
   * nft_fwd_netdev, Linux ≥ 4.17), tried likewise. To be asked after {@link #run} was refused: the
   * kernel answers ENOENT alike for a missing module and for a missing table or device.
   */
  public static boolean forwardWorks() {
    return Probe.FORWARD.works();
  }

  private static String text(@Nullable String buffer) {
    return buffer == null ? "" : buffer;
  }

  /** Frees the context; its owner tables go with it. */
  @Override
  public synchronized void close() {
    if (context != null) {
      library.nft_ctx_free(context);
      context = null;
    }
  }
}
