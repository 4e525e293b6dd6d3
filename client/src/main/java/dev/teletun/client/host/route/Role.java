package dev.teletun.client.host.route;

/** What an address is to this host, so that its packets must not go into the tunnel. */
public enum Role {
  /** Where server-external is dialled. */
  SERVER("what the tunnel runs to"),

  /** The API server, or the proxy to it. */
  API_SERVER("the API server"),

  /** Where this host's resolver asks. */
  NAME_SERVER("a name server of this host"),

  /** Where this host's leases are renewed. */
  DHCP_SERVER("the DHCP server of this host"),

  /** The other end of a login of the user's. */
  SSH_PEER("where the user has logged in from by ssh");

  private final String text;

  Role(String text) {
    this.text = text;
  }

  /** True if the tunnel itself depends on it: nobody can ask for it to be routed. */
  boolean bearsTheTunnel() {
    return this == SERVER || this == API_SERVER;
  }

  /** In words. */
  @Override
  public String toString() {
    return text;
  }
}
