package dev.teletun.client.host.trace;

import java.io.IOException;

/** A resolv.conf of ours where programs look for the host's. */
public sealed interface ResolvConfTrace extends Trace permits ReplacedFile, CoveredFile {

  /**
   * Makes {@code text}, one of {@link OwnResolvConf#text}, what programs read; none of them reads
   * anything between it and what was there.
   *
   * @throws IOException if that cannot be; then all is as it was
   */
  void put(String text) throws IOException;

  /** True if programs read ours, changed by others or not. */
  boolean isThere() throws IOException;
}
