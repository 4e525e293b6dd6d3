package dev.teletun.linux.nft;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of libnftables.so.1 (libnftables(3)). A context is not thread-safe. */
interface LibNftables extends Library {
  /** NFT_CTX_DEFAULT: the context opens its netlink socket at once. */
  int DEFAULT = 0;

  /** NFT_CTX_OUTPUT_NUMERIC_PRIO: priorities of chains as numbers. */
  int NUMERIC_PRIORITY = 1 << 8;

  @Nullable Pointer nft_ctx_new(int flags);

  void nft_ctx_output_set_flags(Pointer context, int flags);

  void nft_ctx_free(Pointer context);

  /** Errors go to a buffer instead of stderr; 0 if that worked. */
  int nft_ctx_buffer_error(Pointer context);

  int nft_ctx_buffer_output(Pointer context);

  /** What the last run said; belongs to the context. */
  @Nullable String nft_ctx_get_error_buffer(Pointer context);

  @Nullable String nft_ctx_get_output_buffer(Pointer context);

  /** One transaction; 0 or -1. */
  int nft_run_cmd_from_buffer(Pointer context, String commands);

  /** Loads the library, once. */
  static LibNftables load() throws IOException {
    try {
      return Loaded.LIBRARY;
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new IOException(
          "loading libnftables.so.1 failed: it is not installed. Install it: apt install"
              + " libnftables1, dnf install nftables-libs, apk add nftables",
          e);
    }
  }

  /** Loads at first use, and remembers a failure as NoClassDefFoundError. */
  final class Loaded {
    private static final LibNftables LIBRARY =
        Native.load(
            "libnftables.so.1", LibNftables.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

    private Loaded() {}
  }
}
