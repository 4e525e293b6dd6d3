package dev.teletun.e2e;

import dev.teletun.lab.topology.Host;
import dev.teletun.linux.namespace.NetworkNamespace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS query whose every byte is known, put from a host of the lab. */
final class RawQuery {
  private static final int ID = 0x7465;
  private static final int PATIENCE_MILLIS = 6_000;
  private static final int LARGEST = 65_535;
  private static final int PRIVATE_OPTION = 65_001; // RFC 6891 §9

  private final String title;
  private final byte[] bytes;

  private RawQuery(String title, byte[] bytes) {
    this.title = title;
    this.bytes = bytes;
  }

  /**
   * Composes one.
   *
   * @param flags words of: {@code ad cd nord do edns512 edns1232 edns4096 option}
   */
  static RawQuery of(String name, String type, String... flags) throws IOException {
    Name asked = Name.fromString(name + ".");
    Message query = Message.newQuery(Record.newRecord(asked, Type.value(type), DClass.IN));
    query.getHeader().setID(ID);
    int payload = 0;
    int extended = 0;
    EDNSOption[] options = {};
    for (String flag : flags) {
      switch (flag) {
        case "ad" -> query.getHeader().setFlag(Flags.AD);
        case "cd" -> query.getHeader().setFlag(Flags.CD);
        case "nord" -> query.getHeader().unsetFlag(Flags.RD);
        case "do" -> extended = 0x8000; // RFC 3225 §3
        case "option" ->
            options = new EDNSOption[] {new GenericEDNSOption(PRIVATE_OPTION, new byte[] {1, 2})};
        default -> payload = Integer.parseInt(flag.replaceFirst("edns", ""));
      }
    }
    if (payload > 0) {
      query.addRecord(new OPTRecord(payload, 0, 0, extended, options), Section.ADDITIONAL);
    }
    return new RawQuery("%s %s %s".formatted(name, type, String.join(" ", flags)), query.toWire());
  }

  /** The whole answer as hexadecimal digits, so that a difference can be read. */
  String answerOf(Host from, String server, boolean tcp) throws IOException {
    return HexFormat.of().formatHex(ask(from, server, tcp));
  }

  /** The whole answer, over TCP or UDP. */
  byte[] ask(Host from, String server, boolean tcp) throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.ofProcess(from.pid())) {
      InetSocketAddress to = new InetSocketAddress(server, 53);
      return namespace.call(() -> tcp ? overTcp(to) : overUdp(to));
    }
  }

  private byte[] overUdp(InetSocketAddress to) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(to);
      socket.send(new DatagramPacket(bytes, bytes.length));
      DatagramPacket answer = new DatagramPacket(new byte[LARGEST], LARGEST);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  private byte[] overTcp(InetSocketAddress to) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(to, PATIENCE_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[2 + bytes.length];
      framed[0] = (byte) (bytes.length >> 8);
      framed[1] = (byte) bytes.length;
      System.arraycopy(bytes, 0, framed, 2, bytes.length);
      out.write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      return in.readNBytes(in.readUnsignedShort());
    }
  }

  @Override
  public String toString() {
    return title;
  }
}
