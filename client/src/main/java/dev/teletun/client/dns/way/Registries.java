package dev.teletun.client.dns.way;

import dev.teletun.client.dns.registry.NameRegistry;
import dev.teletun.client.dns.registry.NetworkManager;
import dev.teletun.client.dns.registry.Resolvconf;
import dev.teletun.client.dns.registry.ResolvconfKind;
import java.io.IOException;
import java.util.Optional;

/** Finds the program that writes this host's resolv.conf from records, if that is how it is. */
final class Registries {
  private static final String LEAVE_OUT = " Leave -dns out";

  private Registries() {}

  /**
   * The program that the user named.
   *
   * @throws IOException if a record with it would not reach resolv.conf; with what to do
   */
  static NameRegistry named(DnsMode mode, ResolverFacts facts) throws IOException {
    return switch (mode) {
      case OPENRESOLV ->
          resolvconf("-dns=openresolv", ResolvconfKind.OPENRESOLV, Writer.OPENRESOLV, facts);
      case RESOLVCONF ->
          resolvconf("-dns=resolvconf", ResolvconfKind.DEBIAN, Writer.DEBIAN_RESOLVCONF, facts);
      case NETWORKMANAGER -> networkManager(facts);
      default -> throw new IllegalArgumentException(mode + " takes no record");
    };
  }

  /**
   * True if the program called resolvconf is systemd's, which sets link DNS and keeps no record.
   */
  static boolean isSystemds() {
    try {
      return ResolvconfKind.find() == ResolvconfKind.SYSTEMD;
    } catch (IOException e) {
      return false; // what is wrong with it, its own mode says
    }
  }

  /** The one whose product resolv.conf is, if there is one. */
  static Optional<DnsMode> writing(ResolverFacts facts) {
    return switch (facts.writer()) {
      case OPENRESOLV -> Optional.of(DnsMode.OPENRESOLV);
      case DEBIAN_RESOLVCONF -> Optional.of(DnsMode.RESOLVCONF);
      case NETWORK_MANAGER -> Optional.of(DnsMode.NETWORKMANAGER);
      case OTHER -> Optional.empty();
    };
  }

  private static NameRegistry resolvconf(
      String option, ResolvconfKind wanted, Writer writer, ResolverFacts facts) throws IOException {
    ResolvconfKind kind;
    try {
      kind = ResolvconfKind.find();
    } catch (IOException e) {
      throw new IOException(
          "%s cannot work: %s.%s".formatted(option, e.getMessage(), LEAVE_OUT), e);
    }
    if (kind != wanted) {
      String other = kind == ResolvconfKind.OPENRESOLV ? "-dns=openresolv" : "-dns=resolvconf";
      throw new IOException(
          "%s cannot work: the resolvconf of this host is %s. Say %s, or leave -dns out"
              .formatted(option, kind, other));
    }
    if (facts.writer() != writer) {
      throw new IOException(
          "%s cannot work: %s is not written by %s, so that a record there would change nothing.%s"
              .formatted(option, facts.resolvConf(), kind, LEAVE_OUT));
    }
    return new Resolvconf(kind);
  }

  private static NameRegistry networkManager(ResolverFacts facts) throws IOException {
    String problem = "-dns=networkmanager cannot work: ";
    NetworkManager manager = new NetworkManager();
    String mode;
    String writer;
    try {
      mode = manager.mode();
      writer = manager.writer();
      if (manager.hasGlobalServers()) {
        throw new IOException(
            "NetworkManager has servers for all links in a section global-dns, which ours would replace");
      }
    } catch (IOException e) {
      throw new IOException("%s%s.%s".formatted(problem, e.getMessage(), LEAVE_OUT), e);
    }
    if (mode.equals("systemd-resolved")) {
      throw new IOException(
          problem
              + "NetworkManager leaves names to systemd-resolved. Say -dns=resolved, or leave -dns out");
    }
    if (facts.writer() != Writer.NETWORK_MANAGER) {
      throw new IOException(
          "%s%s is not written by NetworkManager (its rc-manager is %s).%s"
              .formatted(problem, facts.resolvConf(), writer, LEAVE_OUT));
    }
    return manager;
  }
}
