package dev.teletun.protocol.mtu;

import java.net.Inet4Address;
import java.net.InetAddress;

/** IP version the UDP datagrams travel over, with its fixed header length in bytes. */
public enum Underlay {
  /** RFC 791 §3.1, without options. */
  IPV4(20),
  /** RFC 8200 §3, without extension headers. */
  IPV6(40);

  final int headerBytes;

  Underlay(int headerBytes) {
    this.headerBytes = headerBytes;
  }

  /** The version that datagrams to {@code peer} have; an IPv4-mapped address is IPv4. */
  public static Underlay to(InetAddress peer) {
    return peer instanceof Inet4Address ? IPV4 : IPV6;
  }
}
