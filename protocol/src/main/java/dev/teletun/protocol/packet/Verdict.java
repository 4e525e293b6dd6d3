package dev.teletun.protocol.packet;

/** What is wrong with an inner packet, if anything. */
public enum Verdict {
  /** Nothing. */
  PASS,
  /** IP, but a length or the header's checksum is wrong. */
  MALFORMED,
  /** Neither IPv4 nor IPv6. */
  NOT_IP,
  /** Its source may not send it. */
  WRONG_SOURCE,
  /** It is not for the one it is to be handed to. */
  WRONG_DESTINATION,
  /** It is for somebody whom no packet from a tunnel may reach. */
  FORBIDDEN_DESTINATION
}
