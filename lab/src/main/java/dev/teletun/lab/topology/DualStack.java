package dev.teletun.lab.topology;

/** The IPv4 and the IPv6 address of one thing, as text for command lines. */
public record DualStack(String v4, String v6) {

  /** Address to use in a URL for IPv6: in brackets. */
  public String v6Bracketed() {
    return "[" + v6 + "]";
  }
}
