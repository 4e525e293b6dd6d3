package dev.teletun.client.dns.registry;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;

/**
 * The stubs' addresses that a resolv.conf names, which says no port: 127.116.0.1 for the first name
 * server of the client with tel0, 127.116.1.2 for the second of the one with tel1.
 */
public final class StubAddress {
  private StubAddress() {}

  /**
   * One of them.
   *
   * @param device number of the client's, 0 to 99
   * @param server which of this host's name servers it stands for, from 1
   */
  public static InetAddress of(int device, int server) {
    return Addresses.parse("127.116.%d.%d".formatted(device, server));
  }

  /** True if it is one of the client with that device, such as {@code tel0}. */
  public static boolean isOf(String device, String address) {
    return device.matches("tel\\d{1,2}")
        && address.startsWith("127.116.%d.".formatted(Integer.parseInt(device.substring(3))));
  }
}
