package dev.teletun.protocol.message;

/** The numbers of the package's table. */
final class MessageType {
  static final int ATTACH = 1;
  static final int ATTACHED = 2;
  static final int BUSY = 3;
  static final int PING = 4;
  static final int PONG = 5;
  static final int DRAIN = 6;
  static final int ADDRESSES_CHANGED = 7;
  static final int FACTS = 8;
  static final int BYE = 9;

  // Flags of attach.
  static final int TAKEOVER = 1;
  static final int HAS_TOKEN = 2;

  // A flag of attached.
  static final int RESUMED = 1;

  private MessageType() {}
}
