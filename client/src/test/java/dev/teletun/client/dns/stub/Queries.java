package dev.teletun.client.dns.stub;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Queries as dnsjava writes them. */
final class Queries {
  private Queries() {}

  static Message message(String name, String type) {
    try {
      Name absolute = Name.fromString(name, Name.root);
      return Message.newQuery(Record.newRecord(absolute, Type.value(type), DClass.IN));
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static byte[] wire(String name, String type) {
    return message(name, type).toWire();
  }

  static Question question(String name, String type) {
    return Question.parse(wire(name, type)).orElseThrow();
  }
}
