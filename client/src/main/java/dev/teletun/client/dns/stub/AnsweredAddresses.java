package dev.teletun.client.dns.stub;

import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The addresses in the answer section of a message. */
final class AnsweredAddresses {
  private AnsweredAddresses() {}

  /** Those of A and AAAA records in order; none if the message cannot be read. */
  static Set<InetAddress> in(byte[] message) {
    Set<InetAddress> found = new LinkedHashSet<>();
    if (DnsHeader.answers(message) == 0) {
      return found;
    }
    try {
      for (Record record : new Message(message).getSection(Section.ANSWER)) {
        if (record instanceof ARecord a) {
          found.add(a.getAddress());
        } else if (record instanceof AAAARecord aaaa) {
          found.add(aaaa.getAddress());
        }
      }
    } catch (IOException _) {
      return Set.of(); // the asker makes of it what it can
    }
    return found;
  }
}
