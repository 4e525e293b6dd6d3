package dev.teletun.tunnel.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Eventually;
import dev.teletun.tunnel.association.Keys;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One end over a real TLS connection on 127.0.0.1, whose other end writes bytes by hand. */
@Timeout(30)
class StreamTransportTest implements Inbox, StreamTransport.Listener {
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final CloseStack owned = new CloseStack();
  private @TempDir Path directory;
  private EventLoop loop;
  private StreamTransport stream;
  private Thread reader;
  private DataInputStream in;
  private DataOutputStream out;

  @BeforeEach
  void connect() throws Exception {
    Keys keys = Keys.in(directory);
    loop = owned.own(EventLoop.start("stream-test"));
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket near = owned.own(new Socket(listener.getInetAddress(), listener.getLocalPort()));
      Socket far = owned.own(listener.accept());
      SSLSocket server = ControlTls.server(far, keys.server(), keys.client().pin());
      SSLSocket client = ControlTls.client(near, keys.client(), keys.server().pin());
      Thread handshake = Thread.ofPlatform().start(() -> quietly(server));
      client.startHandshake();
      handshake.join();
      in = new DataInputStream(server.getInputStream());
      out = new DataOutputStream(server.getOutputStream());
      stream = StreamTransport.over(loop, client, near, this, this);
    }
    reader = Thread.ofPlatform().daemon().start(this::read);
    reading(true);
  }

  @AfterEach
  void close() throws IOException {
    stream.close();
    owned.close();
  }

  @Test
  void carriesPacketsBothWays() throws Exception {
    say("Eone");
    say("Etwo");
    loop.call(() -> {
      stream.send("xEback".getBytes(US_ASCII), 1, 5);
      stream.flush();
    });

    Eventually.holds("both", () -> heard.equals(List.of("Eone", "Etwo")));
    assertThat(hear()).isEqualTo("Eback");
  }

  @Test
  void answersEchoesAndHearsSwitches() throws Exception {
    send(DataMessage.echo(DataMessage.ECHO, 7));
    send(DataMessage.switched(3, false));

    assertThat(hear()).isEqualTo(new String(DataMessage.echo(DataMessage.ECHO_ACK, 7), US_ASCII));
    Eventually.holds("the switch", () -> heard.contains("switched 3 false"));
  }

  @Test
  void readsOnlyWhileItIsWanted() throws Exception {
    reading(false);
    say("Early");
    Eventually.holds("the reader waits", () -> reader.getState() == Thread.State.WAITING);
    loop.call(() -> {}); // behind the turn that would have taken it
    assertThat(heard).isEmpty();

    reading(true);

    Eventually.holds("the packet", () -> heard.contains("Early"));
  }

  @Test
  void isBlockedWhileThePeerReadsNothingAndUnblockedAfterwards() throws Exception {
    byte[] packet = new byte[1400];
    packet[0] = 0x45;
    loop.call(() -> {
      while (!stream.isBlocked()) {
        stream.send(packet, 0, packet.length);
        stream.flush();
      }
    });
    assertThat(stream.dropped()).isZero();
    Thread.ofPlatform().daemon().start(this::readAll);

    Eventually.holds("room", () -> heard.contains("unblocked"));
    assertThat(stream.isBlocked()).isFalse();
  }

  @Test
  void endsAtALengthOfZero() throws Exception {
    out.writeShort(0);

    assertThat(ended).succeedsWithin(10, SECONDS).asString().contains("no bytes");
    assertThat(stream.isOpen()).isFalse();
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void endsInTheMiddleOfAPacketWithNothingOfIt() throws Exception {
    out.writeShort(100);
    out.write(0x45);
    out.close();

    assertThat(ended).succeedsWithin(10, SECONDS).asString().contains("closed");
    assertThat(heard).isEmpty();
  }

  @Test
  void closesWhileItsReaderWaitsForTheLoop() throws Exception {
    reading(false);
    say("Never");

    stream.close();

    assertThat(ended).succeedsWithin(10, SECONDS);
    assertThat(heard).isEmpty();
  }

  private static void quietly(SSLSocket server) {
    try {
      server.startHandshake();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    try {
      stream.read();
    } catch (IOException e) {
      ended.complete(String.valueOf(e.getMessage()));
    }
  }

  private void readAll() {
    try {
      in.readAllBytes();
    } catch (IOException _) {
      // The test is over.
    }
  }

  private void reading(boolean on) throws IOException {
    loop.call(() -> stream.reading(on));
  }

  private void say(String packet) throws IOException {
    send(packet.getBytes(US_ASCII));
  }

  private void send(byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  private String hear() throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new String(bytes, US_ASCII);
  }

  @Override
  public void begin() {}

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void finish() {}

  @Override
  public void packet(byte[] bytes, int at, int length) {
    heard.add(new String(bytes, at, length, US_ASCII));
  }

  @Override
  public void unblocked(Transport transport) {
    heard.add("unblocked");
  }

  @Override
  public void switched(StreamTransport on, int number, boolean first) {
    heard.add("switched %d %s".formatted(number, first));
  }
}
