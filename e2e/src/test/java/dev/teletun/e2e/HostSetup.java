package dev.teletun.e2e;

/**
 * A laptop as people have it: what makes it so, in words of host-setups.sh, how the client is to
 * bring the cluster's names there, and what it then says.
 */
enum HostSetup {
  PLAIN_FILE("", Way.AUTO_INTERCEPT),
  FILE_WITH_DOCKER("docker", Way.AUTO_INTERCEPT),
  RELATIVE_LINK("link_to /etc/my/resolv.conf my/resolv.conf", Way.AUTO_INTERCEPT),
  ABSOLUTE_LINK("link_to /etc/my/resolv.conf", Way.AUTO_INTERCEPT),
  LINK_TO_RUN("link_to /run/my/resolv.conf", Way.AUTO_INTERCEPT),
  LINK_TO_A_LINK("link_to /run/my/resolv.conf; link_to /etc/my/resolv.conf", Way.AUTO_INTERCEPT),
  BIND_MOUNT("bound ''", Way.AUTO_INTERCEPT),
  READ_ONLY_MOUNT("bound ro", Way.AUTO_INTERCEPT),
  IMMUTABLE("chattr +i /etc/resolv.conf", Way.AUTO_INTERCEPT),
  FOR_ROOT_ALONE("chmod 600 /etc/resolv.conf", Way.AUTO_INTERCEPT),
  EMPTY(": >/etc/resolv.conf", Way.AUTO_INTERCEPT),
  MISSING("rm /etc/resolv.conf", Way.AUTO_INTERCEPT),
  LINK_TO_NOTHING("ln -sf ../run/nowhere/resolv.conf /etc/resolv.conf", Way.AUTO_INTERCEPT),
  COMMENTS_AND_OPTIONS(
      "printf '; c\\n# nameserver 192.0.2.1\\noptions rotate timeout:2 edns0\\nsearch a.example home.example\\nnameserver\\t%s \\n' $LAN1 >/etc/resolv.conf",
      Way.AUTO_INTERCEPT),
  OLD_DOMAIN_LINE(
      "printf 'domain home.example\\nnameserver %s\\n' $LAN1 >/etc/resolv.conf",
      Way.AUTO_INTERCEPT),
  IPV6_SERVER("named $LAN6 >/etc/resolv.conf", Way.AUTO_INTERCEPT),
  LINK_LOCAL_SERVER("named $LAN_LINK_LOCAL%eth0 >/etc/resolv.conf", Way.AUTO_DIRECT),
  FIVE_SERVERS("named $LAN1 $LAN2 $LAN6 192.0.2.4 192.0.2.5 >/etc/resolv.conf", Way.AUTO_INTERCEPT),
  DEAD_FIRST_SERVER(
      "{ named 192.168.50.99 $LAN1; echo options timeout:1; } >/etc/resolv.conf",
      Way.AUTO_INTERCEPT),

  DNS_BEFORE_FILES("hosts_line 'dns files'", Way.AUTO_INTERCEPT),
  NO_NSSWITCH("rm -f /etc/nsswitch.conf", Way.AUTO_INTERCEPT),
  MDNS_FIRST("hosts_line 'files mdns4_minimal [NOTFOUND=return] dns'", Way.AUTO_INTERCEPT),
  RESOLVE_FIRST_BUT_NOBODY_THERE(
      "bus; hosts_line 'files resolve [!UNAVAIL=return] dns'", Way.AUTO_INTERCEPT),

  RESOLVED_STUB("resolved ../run/systemd/resolve/stub-resolv.conf", Way.AUTO_RESOLVED),
  RESOLVED_STUB_ABSOLUTE("resolved /run/systemd/resolve/stub-resolv.conf", Way.AUTO_RESOLVED),
  RESOLVED_UPLINK_FILE("resolved /run/systemd/resolve/resolv.conf", Way.AUTO_INTERCEPT),
  RESOLVED_BY_NSS(
      "resolved /run/systemd/resolve/resolv.conf; hosts_line 'files resolve [!UNAVAIL=return] dns'",
      Way.AUTO_RESOLVED),
  RESOLVED_WITH_LINK_DNS(
      "resolved ../run/systemd/resolve/stub-resolv.conf; link_dns", Way.AUTO_RESOLVED),
  RESOLVED_AS_ASKED("resolved ../run/systemd/resolve/stub-resolv.conf", Way.RESOLVED),
  RESOLVED_INTERCEPTED("resolved ../run/systemd/resolve/stub-resolv.conf", Way.INTERCEPT),

  LOCAL_DNSMASQ("local_dnsmasq --server=$LAN1", Way.AUTO_INTERCEPT),
  LOCAL_DNSMASQ_IN_ORDER(
      "local_dnsmasq --strict-order --server=$LAN1 --server=$LAN2", Way.AUTO_INTERCEPT),
  LOCAL_UNBOUND("local_unbound", Way.AUTO_INTERCEPT),

  OPENRESOLV_LEFT_ALONE("openresolv", Way.AUTO_INTERCEPT),
  OPENRESOLV("openresolv", Way.OPENRESOLV),
  OPENRESOLV_WITH_TWO_LINKS(
      "openresolv; printf 'nameserver %s\\n' $LAN2 | resolvconf -a eth1.inet", Way.OPENRESOLV),
  OPENRESOLV_AND_DNSMASQ_LEFT_ALONE("openresolv_with_dnsmasq", Way.AUTO_INTERCEPT),
  DEBIAN_RESOLVCONF_LEFT_ALONE("debian_resolvconf", Way.AUTO_INTERCEPT),
  DEBIAN_RESOLVCONF("debian_resolvconf", Way.RESOLVCONF),
  SYSTEMD_RESOLVCONF("systemd_resolvconf", Way.SYSTEMD_RESOLVCONF),

  NETWORK_MANAGER_LEFT_ALONE("network_manager rc-manager=file", Way.AUTO_INTERCEPT),
  NETWORK_MANAGER("network_manager rc-manager=file", Way.NETWORK_MANAGER),
  NETWORK_MANAGER_LINK("network_manager rc-manager=symlink", Way.NETWORK_MANAGER),
  NETWORK_MANAGER_AND_RESOLVED(
      "resolved ../run/systemd/resolve/stub-resolv.conf; network_manager_with_resolved",
      Way.AUTO_RESOLVED),

  DIRECT_FILE("", Way.DIRECT),
  DIRECT_LINK("link_to /etc/my/resolv.conf my/resolv.conf", Way.DIRECT),
  DIRECT_LINK_TO_RUN("link_to /run/my/resolv.conf", Way.DIRECT),
  DIRECT_BIND_MOUNT("bound ''", Way.DIRECT),
  DIRECT_READ_ONLY_MOUNT("bound ro", Way.DIRECT),
  DIRECT_IMMUTABLE("chattr +i /etc/resolv.conf", Way.DIRECT),
  DIRECT_MISSING("rm /etc/resolv.conf", Way.DIRECT);

  /** A line of sh(1). */
  final String script;

  final Way way;

  HostSetup(String script, Way way) {
    this.script = script;
    this.way = way;
  }

  /** What the user says, and what the client says it does. */
  enum Way {
    AUTO_INTERCEPT("auto", "queries to port 53 redirected, because "),
    AUTO_DIRECT("auto", "the stub named in resolv.conf, because queries cannot be redirected: "),
    AUTO_RESOLVED("auto", "link DNS of systemd-resolved, because "),
    INTERCEPT("intercept", "queries to port 53 redirected, because -dns=intercept says so"),
    RESOLVED("resolved", "link DNS of systemd-resolved, because -dns=resolved says so"),
    OPENRESOLV("openresolv", "a record with openresolv, because -dns=openresolv says so"),
    RESOLVCONF("resolvconf", "a record with Debian's resolvconf, because -dns=resolvconf says so"),
    SYSTEMD_RESOLVCONF("resolvconf", "link DNS of systemd-resolved, because the resolvconf"),
    NETWORK_MANAGER("networkmanager", "a record with NetworkManager, because -dns=networkmanager"),
    DIRECT("direct", "the stub named in resolv.conf, because -dns=direct says so");

    final String option;
    final String says;

    Way(String mode, String says) {
      this.option = "-dns=" + mode;
      this.says = says;
    }
  }
}
