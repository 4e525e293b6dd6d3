package dev.teletun.client.dns.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * A program that writes this host's resolv.conf from records, and takes one of ours.
 *
 * <p>Calls run programs, and may take 10 s each. One thread at a time.
 */
public interface NameRegistry {

  /** What users call it. */
  String name();

  /**
   * What programs of this host would be told without our record.
   *
   * @param device whose record is ours
   */
  ResolverLines others(String device) throws IOException;

  /** Changes when {@link #others} or our record may have; cheap to ask. */
  String fingerprint();

  /**
   * Makes {@code stubs} this host's only servers; again replaces the record.
   *
   * @param others what is searched, and with which options, stays as it is there
   * @throws IOException if the program refuses, fails or takes too long; the record may be there
   */
  void put(String device, List<InetAddress> stubs, ResolverLines others) throws IOException;

  /** Takes the record back. None is there afterwards, also if none was. */
  void remove(String device) throws IOException;
}
