package dev.teletun.client.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.libc.BulkIo;
import dev.teletun.linux.tun.Tun;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The probes against a kernel and a name server: they take our checksums, and we take theirs. */
@Tag("netns")
@Timeout(30)
class DnsProbeIT {
  private final ByteBuffer frame = ByteBuffer.allocateDirect(70_000);
  private DnsLab lab;
  private Tun tun;

  @BeforeEach
  void buildAHost() throws IOException {
    lab = DnsLab.up("10.96.0.10", "fd00::a");
    lab.dnsmasq("10.96.0.10", "--host-record=known.example,192.0.2.1");
    lab.dnsmasq("fd00::a", "--host-record=known.example,2001:db8::1");
    tun = lab.own(lab.inside(() -> Tun.open("tel%d")));
    lab.run("ip", "link", "set", tun.name(), "up");
    lab.run("ip", "route", "add", "10.0.2.7", "dev", tun.name());
    lab.run("ip", "route", "add", "fd00::7", "dev", tun.name());
  }

  @AfterEach
  void tearDown() throws IOException {
    lab.close();
  }

  @ParameterizedTest
  @CsvSource({"10.0.2.7, 10.96.0.10, known.example", "fd00::7, fd00::a, unknown.example"})
  void areAnswered(String p, String server, String name) throws IOException {
    InetAddress own = Addresses.parse(p);
    InetAddress theirs = Addresses.parse(server);

    write(DnsProbe.packet(own, theirs, 40_001, 0xbeef, name));
    readUntil(packet -> DnsProbe.answers(packet, 0, packet.length, own, theirs, 40_001, 0xbeef));

    write(DnsProbe.echoRequest(own, theirs, 9, 1));
    readUntil(packet -> DnsProbe.answersEcho(packet, 0, packet.length, own, theirs, 9, 1));
  }

  private void write(byte[] packet) throws IOException {
    VirtioNetHeader.putPlain(frame, 0);
    frame.put(VirtioNetHeader.BYTES, packet);
    int length = VirtioNetHeader.BYTES + packet.length;
    assertThat(new BulkIo(tun.fd()).write(frame, 0, length)).isEqualTo(length);
  }

  /** The kernel leaves the checksum of its own packets to the device, so ours is completed here. */
  private void readUntil(Predicate<byte[]> wanted) throws IOException {
    BulkIo io = new BulkIo(tun.fd());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    boolean found = false;
    while (!found) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
      int read = io.read(frame, 0, frame.capacity());
      if (read > VirtioNetHeader.BYTES) {
        byte[] packet = new byte[read - VirtioNetHeader.BYTES];
        frame.get(VirtioNetHeader.BYTES, packet);
        completeChecksum(packet);
        found = wanted.test(packet);
      }
    }
  }

  private void completeChecksum(byte[] packet) {
    if ((VirtioNetHeader.flags(frame, 0) & VirtioNetHeader.F_NEEDS_CSUM) != 0) {
      int start = VirtioNetHeader.checksumStart(frame, 0);
      int at = start + VirtioNetHeader.checksumOffset(frame, 0);
      int sum = 0;
      for (int i = start; i < packet.length; i++) {
        sum += (i - start) % 2 == 0 ? (packet[i] & 0xff) << 8 : packet[i] & 0xff;
      }
      sum = (sum & 0xffff) + (sum >>> 16);
      int complement = ~(sum + (sum >>> 16)) & 0xffff;
      packet[at] = (byte) (complement >> 8);
      packet[at + 1] = (byte) complement;
    }
  }
}
