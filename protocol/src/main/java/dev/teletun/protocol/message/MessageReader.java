package dev.teletun.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads messages of version 2 from a stream, one after the other. Not thread-safe. */
public final class MessageReader {
  /** Longest body in bytes that is read or skipped. */
  public static final int LONGEST_BODY = 128 * 1024;

  private static final int MOST_TEXT_BYTES = 256;
  private static final int MOST_PREFIXES = 1024;

  private final DataInputStream in;

  /** The caller keeps the stream, whose next byte is a message's first. */
  public MessageReader(InputStream in) {
    this.in = new DataInputStream(in);
  }

  /**
   * Waits for the next message of a type that is known.
   *
   * @return empty at the end of the stream
   * @throws ControlException if the stream ends inside a message or holds what cannot be one
   */
  public Optional<ControlMessage> read() throws IOException {
    for (int type = in.read(); type >= 0; type = in.read()) {
      Optional<ControlMessage> message = decode(type, readBody(type));
      if (message.isPresent()) {
        return message;
      }
    }
    return Optional.empty();
  }

  private ByteBuffer readBody(int type) throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      if (length > LONGEST_BODY) {
        throw new ControlException(
            "the peer announced a control message of type %d with %d bytes, at most %d are read"
                .formatted(type, length, LONGEST_BODY));
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException();
      }
      return ByteBuffer.wrap(body);
    } catch (EOFException e) {
      throw new ControlException(
          "the control connection ended inside a message of type %d".formatted(type), e);
    }
  }

  private static Optional<ControlMessage> decode(int type, ByteBuffer body)
      throws ControlException {
    try {
      return Optional.ofNullable(
          switch (type) {
            case MessageType.ATTACH -> attach(body);
            case MessageType.ATTACHED -> {
              boolean resumed = (body.get() & MessageType.RESUMED) != 0;
              yield new ControlMessage.Attached(Token.read(body), resumed);
            }
            case MessageType.BUSY -> busy(body);
            case MessageType.PING -> new ControlMessage.Ping(body.getLong());
            case MessageType.PONG -> new ControlMessage.Pong(body.getLong());
            case MessageType.DRAIN ->
                new ControlMessage.Drain(Duration.ofMillis(body.getInt() & 0xffff_ffffL));
            case MessageType.ADDRESSES_CHANGED -> addressesChanged(body);
            case MessageType.FACTS -> facts(body);
            case MessageType.BYE -> new ControlMessage.Bye(text(body));
            default -> null; // a later version's
          });
    } catch (BufferUnderflowException e) {
      throw new ControlException(
          "the peer sent a control message of type %d that is cut short".formatted(type), e);
    }
  }

  private static ControlMessage.Attach attach(ByteBuffer body) {
    int flags = body.get();
    UUID instance = new UUID(body.getLong(), body.getLong());
    Optional<Token> token =
        (flags & MessageType.HAS_TOKEN) == 0 ? Optional.empty() : Optional.of(Token.read(body));
    return new ControlMessage.Attach(
        instance, token, (flags & MessageType.TAKEOVER) != 0, text(body));
  }

  private static ControlMessage.Busy busy(ByteBuffer body) {
    long since = Math.clamp(body.getLong(), 0, Instant.MAX.getEpochSecond());
    return new ControlMessage.Busy(text(body), Instant.ofEpochSecond(since));
  }

  private static ControlMessage.AddressesChanged addressesChanged(ByteBuffer body)
      throws ControlException {
    String text = NulTerminated.CHARSET.decode(body).toString();
    int nul = text.indexOf('\0');
    if (nul < 0) {
      throw new ControlException("the peer sent changed addresses without the terminating NUL");
    }
    AddressList addresses = AddressList.parse(text.substring(0, nul), AddressList.Ipv4.OPTIONAL);
    return new ControlMessage.AddressesChanged(addresses, text.substring(nul + 1));
  }

  private static ControlMessage.Facts facts(ByteBuffer body) throws ControlException {
    int tunMtu = body.getShort() & 0xffff;
    int podMtu = body.getShort() & 0xffff;
    byte[] domain = new byte[body.get() & 0xff];
    body.get(domain);
    List<Prefix> prefixes = new ArrayList<>();
    while (body.hasRemaining() && prefixes.size() < MOST_PREFIXES) {
      int family = body.get();
      int length = body.get() & 0xff;
      byte[] address = new byte[family == 6 ? 16 : 4];
      body.get(address);
      if (length > address.length * 8 || (family != 4 && family != 6)) {
        throw new ControlException(
            "the peer sent a prefix of family %d with %d bits".formatted(family, length));
      }
      InetAddress network = Addresses.ofBytes(address);
      if (network.getAddress().length != address.length) {
        throw new ControlException("the peer sent a prefix of IPv4 in IPv6 clothes");
      }
      prefixes.add(new Prefix(network, length));
    }
    return new ControlMessage.Facts(
        tunMtu, podMtu, new String(domain, US_ASCII), List.copyOf(prefixes));
  }

  private static String text(ByteBuffer body) {
    byte[] bytes = new byte[Math.min(body.remaining(), MOST_TEXT_BYTES)];
    body.get(bytes);
    return new String(bytes, UTF_8);
  }
}
