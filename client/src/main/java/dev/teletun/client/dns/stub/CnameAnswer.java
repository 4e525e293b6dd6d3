package dev.teletun.client.dns.stub;

import java.io.IOException;
import java.util.Optional;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The answer to a short name: a CNAME to the full one, and what the cluster said to that. */
final class CnameAnswer {
  private static final int PLAIN_UDP = 512; // RFC 1035 §4.2.1
  private static final int LARGEST = 65_535;
  private static final long EMPTY_TTL_SECONDS = 5; // of a CoreDNS with the settings of kubeadm

  private CnameAnswer() {}

  /**
   * Writes the answer, cut to what the client takes; empty if either message cannot be read.
   *
   * @param query as the client sent it
   * @param answer the cluster's, to {@code fullName}
   */
  static Optional<byte[]> of(byte[] query, Transport transport, String fullName, byte[] answer) {
    try {
      Message asked = new Message(query);
      Message message = compose(asked, new Message(answer), Name.fromString(fullName + "."));
      return Optional.of(message.toWire(limit(asked, transport)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Message compose(Message asked, Message answered, Name fullName) {
    Message message = new Message(asked.getHeader().getID());
    Header header = message.getHeader();
    copyFlags(asked.getHeader(), answered.getHeader(), header);
    Record question = asked.getQuestion();
    message.addRecord(question, Section.QUESTION);
    long ttl = ttl(answered);
    message.addRecord(
        new CNAMERecord(question.getName(), DClass.IN, ttl, fullName), Section.ANSWER);
    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
      answered.getSection(section).forEach(record -> message.addRecord(record, section));
    }
    return message;
  }

  private static void copyFlags(Header asked, Header answered, Header header) {
    header.setFlag(Flags.QR);
    header.setRcode(answered.getRcode());
    for (int flag : new int[] {Flags.AA, Flags.TC, Flags.RA}) {
      if (answered.getFlag(flag)) {
        header.setFlag(flag);
      }
    }
    for (int flag : new int[] {Flags.RD, Flags.CD}) {
      if (asked.getFlag(flag)) {
        header.setFlag(flag);
      }
    }
  }

  private static long ttl(Message answered) {
    return answered.getSection(Section.ANSWER).stream()
        .mapToLong(Record::getTTL)
        .min()
        .orElse(EMPTY_TTL_SECONDS);
  }

  private static int limit(Message asked, Transport transport) {
    OPTRecord edns = asked.getOPT();
    if (transport == Transport.TCP) {
      return LARGEST;
    }
    return edns == null ? PLAIN_UDP : Math.max(PLAIN_UDP, edns.getPayloadSize());
  }
}
