package dev.teletun.linux.netlink;

import java.util.List;

/** Makes values of a message; the message is valid only during the call. */
public interface MessageReader<T> {
  /** None, one or several. */
  List<T> read(Message message) throws MalformedMessageException;
}
