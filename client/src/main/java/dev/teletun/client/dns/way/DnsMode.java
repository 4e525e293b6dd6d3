package dev.teletun.client.dns.way;

/** Which way brings the host's queries to the stub. */
public enum DnsMode {
  /** The best that this host's facts allow. */
  AUTO,
  /** Link DNS of systemd-resolved. */
  RESOLVED,
  /** An nftables table that redirects port 53. */
  INTERCEPT,
  /** The stub's addresses in resolv.conf, which a guardian puts back should we be killed. */
  DIRECT,
  /** A record of openresolv. */
  OPENRESOLV,
  /** A record of Debian's resolvconf; link DNS where it is systemd's. */
  RESOLVCONF,
  /** A file of NetworkManager's. */
  NETWORKMANAGER,
  /** None: the cluster's names do not resolve. */
  OFF
}
