package dev.teletun.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.MessageWriter;
import dev.teletun.protocol.message.Token;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.protocol.unix.PodFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Writes inputs to begin with: what real programs say. */
public final class Seeds {
  private final Path corpus;

  private Seeds(Path corpus) {
    this.corpus = corpus;
  }

  /** The argument is the directory of the corpus. */
  public static void main(String[] arguments) throws IOException {
    new Seeds(Path.of(arguments[0])).write();
  }

  private void write() throws IOException {
    handshakes(0, Recording.withIds());
    handshakes(1, Recording.withoutIds());
    packets();
    texts();
    frames();
    steps();
    hellos();
  }

  private void steps() throws IOException {
    byte[] steps =
        hex(
            "0000030102030200010507030502010102020400044501020304000503000000010506"
                + "04000707000000010100040009050000000100000000");
    for (byte mode = 0; mode < 4; mode++) {
      save("Records", "steps-" + mode, join(new byte[] {mode}, steps));
      save("Established", "steps-" + mode, join(new byte[] {mode}, steps));
    }
  }

  private void hellos() throws IOException {
    byte[] hello = Recording.withIds().fromClient.getFirst();
    byte[] first = HelloBytes.withCookie(hello, new byte[28]);
    for (byte[] one : List.of(hello, first)) {
      byte[] head = {0, (byte) (one.length >> 8), (byte) one.length};
      save("Hellos", "hello-" + one.length, join(head, one));
    }
  }

  private void packets() throws IOException {
    byte[] syn =
        hex(
            "450000300001400040060000"
                + "0a0002070a600001"
                + "a0000050000000010000000070024000"
                + "00000000"
                + "020405b401010402");
    byte[] data =
        hex(
            "45000028000140004006"
                + "0000"
                + "0a0002070a600001"
                + "a0000050000000010000000150104000"
                + "00000000"
                + "6162636465666768");
    byte[] query =
        hex(
            "450000200001000040110000"
                + "0a000207a9fe140a"
                + "d00000350014"
                + "0000"
                + "010203040506");
    byte[] six =
        hex(
            "6000000000140640"
                + "fd000000000000000000000000000007"
                + "fd000000000000000000000000000009"
                + "a000005000000001000000015010400000000000"
                + "6162");
    int number = 0;
    for (byte[] packet : List.of(syn, data, query, six)) {
      PacketModel.repair(packet);
      save("Packets", "packet-" + number, join(new byte[] {0, 100}, packet));
      byte[] length = {(byte) (packet.length >> 8), (byte) packet.length};
      byte[] first = join(new byte[] {1, 0}, length, packet);
      save("Superpackets", "flow-" + number, join(first, hex("0200080200080200080300080d10")));
      number++;
    }
  }

  private void texts() throws IOException {
    String resolvConf =
        """
        search default.svc.cluster.local svc.cluster.local cluster.local
        nameserver 10.96.0.10
        nameserver fd00::a
        options ndots:5 timeout:2 attempts:3
        """;
    save("ResolvConfs", "pod", resolvConf.getBytes(ISO_8859_1));
    byte[] greeting = ("10.0.2.7\nfd00::7\0" + resolvConf + "\0").getBytes(ISO_8859_1);
    save("Control", "greeting", join(new byte[] {0}, greeting));
    List<ControlMessage> all =
        List.of(
            new ControlMessage.Attach(new UUID(1, 2), Optional.of(new Token(3, 4)), true, "me"),
            new ControlMessage.Attached(new Token(3, 4), true),
            new ControlMessage.Busy("you", Instant.EPOCH),
            new ControlMessage.Ping(5),
            new ControlMessage.Pong(5),
            new ControlMessage.Drain(Duration.ofSeconds(3)),
            new ControlMessage.AddressesChanged(AddressList.parse("10.0.2.7\nfd00::7"), resolvConf),
            new ControlMessage.Facts(
                1414,
                1500,
                "cluster.local",
                List.of(Prefix.parse("10.96.0.0/16"), Prefix.parse("fd00::/108"))),
            new ControlMessage.Bye("done"));
    for (ControlMessage message : all) {
      save(
          "Control",
          "message-" + message.getClass().getSimpleName(),
          join(new byte[] {1}, MessageWriter.encode(message)));
    }
    save("Control", "hello", join(new byte[] {2}, DataMessage.hello(new Token(3, 4))));
    save("Control", "switched", join(new byte[] {2}, DataMessage.switched(1, true)));
  }

  private void frames() throws IOException {
    byte[] packet =
        hex(
            "450000280001000040060000"
                + "0a0002070a600001"
                + "a0000050000000010000000150104000"
                + "00000000");
    PacketModel.repair(packet);
    FrameBatch batch = new FrameBatch(FrameBatch.LARGEST_FRAME);
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
    byte[] frame = new byte[batch.bytes()];
    batch.buffer().get(0, frame);
    PodFacts facts = new PodFacts(1450, List.of(Prefix.parse("10.244.0.0/24")), true, false);
    byte[] greeting =
        Greeting.encode(AddressList.parse("10.0.2.7"), "nameserver 10.96.0.10\n", facts);
    save("PairFrames", "frames", join(new byte[] {0, 0, 0, 9}, frame, frame));
    save("PairFrames", "greeting", join(new byte[] {1, 1, 0, 9, 0, 50}, greeting, frame, frame));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void handshakes(int mode, Recording recording) throws IOException {
    List<byte[]> client = recording.fromClient;
    save("ServerHandshake", "genuine-" + mode, pieces(mode, client.subList(1, client.size())));
    save("ServerHandshake", "with-hello-" + mode, pieces(mode + 2, client));
    save("ClientHandshake", "genuine-" + mode, pieces(mode, recording.fromServer));
  }

  private static byte[] pieces(int mode, List<byte[]> pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(mode);
    for (byte[] piece : pieces) {
      all.write(piece.length >> 8);
      all.write(piece.length);
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  private void save(String target, String name, byte[] input) throws IOException {
    Path directory = Files.createDirectories(corpus.resolve(target));
    Files.write(directory.resolve(name), input);
  }
}
