package dev.teletun.tunnel.transport;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.socket.SendRoom;
import dev.teletun.protocol.data.DataMessage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/**
 * Packets over an established TLS connection, where UDP does not get through.
 *
 * <p>Whatever is queued in front of a packet delays it. So the kernel holds little that it cannot
 * send yet, see {@link SendRoom}; what waits, waits in a {@link SendQueue}.
 *
 * <p>Threads: the caller of {@link #read} reads, {@code stream-write} writes, the rest is the
 * loop's but for {@link #heardNanos}. The reader waits until the loop has taken what it read, so
 * TCP's own window bounds what is under way.
 */
public final class StreamTransport implements Transport {

  /** Told what the peer says between packets, other than echoes. Loop thread. */
  public interface Listener {
    /**
     * The peer's first message on this transport since the {@code number}th switch, or its last.
     */
    void switched(StreamTransport on, int number, boolean first);
  }

  private final EventLoop loop;
  private final SSLSocket tls;
  private final Socket tcp;
  private final Room room;
  private final Inbox inbox;
  private final Listener listener;
  private final SendQueue queue = new SendQueue();
  private final FrameBuffer arrived = new FrameBuffer();
  private boolean reading;
  private volatile boolean ended;
  private volatile long heardNanos = System.nanoTime();
  private int echoes;
  private volatile long echoedNanos;
  private volatile boolean waiting;

  private StreamTransport(
      EventLoop loop, SSLSocket tls, Socket tcp, Room room, Inbox inbox, Listener listener) {
    this.loop = loop;
    this.tls = tls;
    this.tcp = tcp;
    this.room = room;
    this.inbox = inbox;
    this.listener = listener;
  }

  /**
   * Takes over both sockets; nothing is sent or read yet. The tokens have been exchanged.
   *
   * @param tcp what {@code tls} runs over: closing it waits for nobody. If it is no connection of
   *     the kernel's, it knows itself how much room it has
   */
  public static StreamTransport over(
      EventLoop loop, SSLSocket tls, Socket tcp, Inbox inbox, Listener listener)
      throws IOException {
    tcp.setTcpNoDelay(true);
    return new StreamTransport(loop, tls, tcp, room(tcp), inbox, listener);
  }

  private static Room room(Socket tcp) throws IOException {
    return tcp instanceof Room own ? own : new InKernel(SendRoom.of(tcp));
  }

  /**
   * Carries packets until the connection ends; the calling thread reads. To be called once.
   *
   * @throws IOException always, with why it ended
   */
  public void read() throws IOException {
    Thread.ofPlatform().name("stream-write").daemon().start(this::write);
    try {
      InputStream in = tls.getInputStream();
      while (readSome(in)) {
        // Until the connection ends.
      }
      throw new EOFException("closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      close();
    }
  }

  private boolean readSome(InputStream in) throws IOException, InterruptedException {
    if (arrived.readFrom(in) < 0) {
      return false;
    }
    heardNanos = System.nanoTime();
    waiting = false;
    if (!arrived.offer()) {
      return true;
    }
    loop.execute(this::turn);
    return arrived.awaitTaken();
  }

  private void write() {
    try {
      queue.writeTo(tls.getOutputStream(), room, () -> loop.execute(() -> inbox.unblocked(this)));
    } catch (IOException _) {
      close(); // the reader learns of it too, and says why
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() {
    if (!reading || ended || arrived.isTaken()) {
      return;
    }
    inbox.begin();
    while (!arrived.isTaken() && !inbox.isFull()) {
      one(arrived.bytes(), arrived.at(), arrived.length());
      arrived.next();
    }
    inbox.finish();
    if (!arrived.isTaken() && reading) {
      loop.execute(this::turn);
    }
  }

  private void one(byte[] bytes, int at, int length) {
    if (!DataMessage.isMessage(bytes, at, length)) {
      inbox.packet(bytes, at, length);
      return;
    }
    switch (DataMessage.type(bytes, at, length)) {
      case DataMessage.ECHO ->
          sayAtOnce(DataMessage.echo(DataMessage.ECHO_ACK, DataMessage.id(bytes, at)));
      case DataMessage.SWITCHED ->
          listener.switched(this, DataMessage.id(bytes, at), DataMessage.isFirst(bytes, at));
      default -> {
        // An echo-ack has done its work by arriving; other types are a later version's.
      }
    }
  }

  /** Sends one message, in order with packets. */
  public void say(byte[] message) {
    queue.message(message);
    queue.flush();
  }

  /** The same before packets that wait. */
  private void sayAtOnce(byte[] message) {
    queue.urgentMessage(message);
    queue.flush();
  }

  /** Asks for a sign of life, unless one is awaited. */
  public void callOut() {
    if (!waiting) {
      echoedNanos = System.nanoTime();
      waiting = true;
      echoes++;
      sayAtOnce(DataMessage.echo(DataMessage.ECHO, echoes));
    }
  }

  /** How long a sign of life has been awaited. */
  public Duration waited() {
    return waiting ? Duration.ofNanos(System.nanoTime() - echoedNanos) : Duration.ZERO;
  }

  /** When something last came, on the clock of System.nanoTime. Any thread. */
  public long heardNanos() {
    return heardNanos;
  }

  @Override
  public boolean isOpen() {
    return !ended;
  }

  @Override
  public void send(byte[] packet, int at, int length) {
    queue.packet(packet, at, length);
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public boolean isBlocked() {
    return queue.isFull();
  }

  @Override
  public void reading(boolean on) {
    if (on && !reading) {
      loop.execute(this::turn);
    }
    reading = on;
  }

  @Override
  public long dropped() {
    return queue.dropped();
  }

  /** Ends the connection without a word. Any thread. */
  @Override
  public void close() {
    ended = true;
    queue.close();
    arrived.close();
    try {
      tcp.close();
    } catch (IOException _) {
      // It is of no use any more either way.
    }
  }

  private record InKernel(SendRoom room) implements Room {
    @Override
    public boolean await(Duration longest) throws IOException {
      return room.await(longest);
    }

    @Override
    public int bytesPerMilli() {
      return room.bytesPerMilli();
    }
  }
}
