package dev.teletun.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Messages of version 2 to bytes. */
public final class MessageWriter {
  private static final int MOST_TEXT_BYTES = 256;
  private static final int HEADER = 4;

  private MessageWriter() {}

  /**
   * The bytes of one message.
   *
   * @throws ControlException if a resolv.conf holds a NUL or is too long
   */
  public static byte[] encode(ControlMessage message) throws ControlException {
    ByteBuffer body = ByteBuffer.allocate(HEADER + MessageReader.LONGEST_BODY).position(HEADER);
    int type = putBody(message, body);
    int length = body.position() - HEADER;
    body.putInt(0, type << 24 | length);
    return Arrays.copyOf(body.array(), HEADER + length);
  }

  private static int putBody(ControlMessage message, ByteBuffer to) throws ControlException {
    return switch (message) {
      case ControlMessage.Attach attach -> putAttach(attach, to);
      case ControlMessage.Attached attached -> {
        to.put((byte) (attached.resumed() ? MessageType.RESUMED : 0));
        attached.token().write(to);
        yield MessageType.ATTACHED;
      }
      case ControlMessage.Busy busy -> {
        to.putLong(busy.since().getEpochSecond());
        putText(busy.holder(), to);
        yield MessageType.BUSY;
      }
      case ControlMessage.Ping ping -> {
        to.putLong(ping.id());
        yield MessageType.PING;
      }
      case ControlMessage.Pong pong -> {
        to.putLong(pong.id());
        yield MessageType.PONG;
      }
      case ControlMessage.Drain drain -> {
        to.putInt((int) Math.min(Integer.MAX_VALUE, drain.within().toMillis()));
        yield MessageType.DRAIN;
      }
      case ControlMessage.AddressesChanged changed -> putAddresses(changed, to);
      case ControlMessage.Facts facts -> putFacts(facts, to);
      case ControlMessage.Bye bye -> {
        putText(bye.why(), to);
        yield MessageType.BYE;
      }
    };
  }

  private static int putAttach(ControlMessage.Attach attach, ByteBuffer to) {
    int takeover = attach.takeover() ? MessageType.TAKEOVER : 0;
    to.put((byte) (takeover | (attach.token().isPresent() ? MessageType.HAS_TOKEN : 0)));
    to.putLong(attach.instance().getMostSignificantBits());
    to.putLong(attach.instance().getLeastSignificantBits());
    attach.token().ifPresent(token -> token.write(to));
    putText(attach.who(), to);
    return MessageType.ATTACH;
  }

  private static int putAddresses(ControlMessage.AddressesChanged changed, ByteBuffer to)
      throws ControlException {
    byte[] addresses = NulTerminated.encode(changed.addresses().format());
    byte[] resolvConf = changed.resolvConf().getBytes(NulTerminated.CHARSET);
    if (addresses.length + resolvConf.length > MessageReader.LONGEST_BODY) {
      throw NulTerminated.tooLong(MessageReader.LONGEST_BODY, "resolv.conf");
    }
    to.put(addresses).put(resolvConf);
    return MessageType.ADDRESSES_CHANGED;
  }

  private static int putFacts(ControlMessage.Facts facts, ByteBuffer to) {
    to.putShort((short) facts.tunMtu()).putShort((short) facts.podMtu());
    byte[] domain = facts.clusterDomain().getBytes(US_ASCII);
    int length = Math.min(domain.length, 255);
    to.put((byte) length).put(domain, 0, length);
    for (Prefix prefix : facts.prefixes()) {
      to.put((byte) (prefix.isIpv6() ? 6 : 4)).put((byte) prefix.length());
      to.put(prefix.network().getAddress());
    }
    return MessageType.FACTS;
  }

  private static void putText(String text, ByteBuffer to) {
    byte[] bytes = text.getBytes(UTF_8);
    to.put(bytes, 0, Math.min(bytes.length, MOST_TEXT_BYTES));
  }
}
