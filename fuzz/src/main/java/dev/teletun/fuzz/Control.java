package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.MessageReader;
import dev.teletun.protocol.message.MessageWriter;
import dev.teletun.protocol.message.Token;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The control connection, and the messages between packets. The only exception is the one that says
 * what the peer did; what was read can be written, and is then read as the same; nothing costs more
 * memory than a multiple of its own size.
 *
 * <pre>
 *   byte 0   0 what a server says, from the addresses on; 1 messages of version 2; 2 a message
 *            between packets
 * </pre>
 */
public final class Control {
  private static final int MOST_CHECKED = 4;

  private Control() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Input in = new Input(data);
    int what = in.u8() % 3;
    byte[] bytes = in.rest();
    switch (what) {
      case 0 -> greeting(new ByteArrayInputStream(bytes));
      case 1 -> messages(bytes);
      default -> dataMessage(bytes);
    }
  }

  private static void greeting(InputStream in) throws IOException {
    try {
      String text =
          new String(NulTerminated.read(in, AddressList.LIMIT_BYTES, "addresses"), ISO_8859_1);
      AddressList addresses = AddressList.parse(text, AddressList.Ipv4.OPTIONAL);
      require(
          AddressList.parse(addresses.format(), AddressList.Ipv4.OPTIONAL).equals(addresses),
          "the addresses %s are read as others",
          addresses);
      require(addresses.ipv4().isPresent() || !addresses.ipv6().isEmpty(), "no address");
      byte[] resolvConf = NulTerminated.read(in, ResolvConf.LIMIT_BYTES, "resolv.conf");
      ResolvConfs.check(new String(resolvConf, ISO_8859_1));
      messages(in.readAllBytes());
    } catch (ControlException e) {
      requirePrintable(e);
    }
  }

  private static void messages(byte[] bytes) throws IOException {
    List<ControlMessage> messages = new ArrayList<>();
    Oracle.withinBytes((1 << 20) + 256L * bytes.length, () -> read(bytes, messages));
    for (ControlMessage message : messages.subList(0, Math.min(MOST_CHECKED, messages.size()))) {
      check(message);
    }
  }

  private static void read(byte[] bytes, List<ControlMessage> into) throws IOException {
    into.clear();
    MessageReader reader = new MessageReader(new ByteArrayInputStream(bytes));
    try {
      for (Optional<ControlMessage> m = reader.read(); m.isPresent(); m = reader.read()) {
        into.add(m.get());
      }
    } catch (ControlException e) {
      requirePrintable(e);
    }
  }

  /** A text that was no UTF-8 is another one the first time, and the same ever after. */
  private static void check(ControlMessage message) throws IOException {
    ControlMessage second = again(message);
    ControlMessage third = again(second);
    require(third.equals(second), "%s is read as %s", second, third);
    require(message.getClass().equals(second.getClass()), "%s is read as %s", message, second);
    if (message instanceof ControlMessage.Attached) {
      require(message.equals(second), "another token");
    }
  }

  private static ControlMessage again(ControlMessage message) throws IOException {
    byte[] bytes = MessageWriter.encode(message);
    return new MessageReader(new ByteArrayInputStream(bytes)).read().orElseThrow();
  }

  private static void requirePrintable(ControlException e) {
    String text = String.valueOf(e.getMessage());
    require(text.length() < 512, "a complaint of %d characters", text.length());
    require(text.chars().allMatch(c -> c >= ' ' && (c < 0x7f || c == '…')), "prints %s", text);
  }

  private static void dataMessage(byte[] bytes) {
    int type = DataMessage.type(bytes, 0, bytes.length);
    boolean message = DataMessage.isMessage(bytes, 0, bytes.length);
    require(message || type == DataMessage.NONE, "type %d of a packet", type);
    byte[] same =
        switch (type) {
          case DataMessage.HELLO -> {
            Token token = DataMessage.token(bytes, 0);
            yield DataMessage.hello(token);
          }
          case DataMessage.ECHO, DataMessage.ECHO_ACK ->
              DataMessage.echo(type, DataMessage.id(bytes, 0));
          case DataMessage.PROBE ->
              Arrays.copyOf(DataMessage.probe(DataMessage.id(bytes, 0), 5), 5);
          case DataMessage.PROBE_ACK ->
              DataMessage.probeAck(DataMessage.id(bytes, 0), DataMessage.size(bytes, 0));
          case DataMessage.SWITCHED ->
              Arrays.copyOf(
                  DataMessage.switched(DataMessage.id(bytes, 0), DataMessage.isFirst(bytes, 0)), 5);
          default -> new byte[0];
        };
    require(
        same.length <= bytes.length && Arrays.equals(same, 0, same.length, bytes, 0, same.length),
        "a message of type %d is written differently",
        type);
  }
}
