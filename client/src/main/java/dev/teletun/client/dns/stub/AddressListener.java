package dev.teletun.client.dns.stub;

import java.net.InetAddress;
import java.util.Set;

/** Hears the addresses that the cluster answers with before whoever asked for them does. */
public interface AddressListener {
  /**
   * The cluster answered with these; is to be quick.
   *
   * @param tell to be run once, on any thread, as soon as the asker may send to them
   */
  void answered(Set<InetAddress> addresses, Runnable tell);
}
