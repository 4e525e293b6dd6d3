package dev.teletun.tunnel.association;

import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody with a UDP socket of his own who begins a handshake, and may fall silent in it. */
final class Caller implements Closeable {
  /** All that it sent, in order. */
  final List<byte[]> sent = new CopyOnWriteArrayList<>();

  private final DatagramSocket socket;
  private final InetSocketAddress server;
  private final int lastDatagram;
  private final Handshake handshake;
  private final Thread listener;

  private Caller(
      DatagramSocket socket, InetSocketAddress server, int lastDatagram, Identity own, Pin pin) {
    this.socket = socket;
    this.server = server;
    this.lastDatagram = lastDatagram;
    handshake = Handshake.client(own, pin, 1280, this::send, Duration.ofSeconds(20));
    listener = Thread.ofPlatform().daemon().start(this::listen);
  }

  /** A caller at {@code from}, port 0 for any, who goes through with it. */
  static Caller dial(InetSocketAddress from, InetSocketAddress server, Identity own, Pin pin)
      throws IOException {
    return new Caller(new DatagramSocket(from), server, Integer.MAX_VALUE, own, pin);
  }

  /** A caller at {@code from} who shows the cookie, which is his second datagram, and no more. */
  static Caller stall(InetAddress from, InetSocketAddress server, Identity own, Pin pin)
      throws IOException {
    return new Caller(new DatagramSocket(new InetSocketAddress(from, 0)), server, 2, own, pin);
  }

  Handshake handshake() {
    return handshake;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  void send(byte[] bytes, int at, int length) {
    if (sent.size() < lastDatagram) {
      sent.add(Arrays.copyOfRange(bytes, at, at + length));
      try {
        socket.send(new DatagramPacket(bytes, at, length, server));
      } catch (IOException _) {
        return; // lost, as datagrams are
      }
    }
  }

  private void listen() {
    byte[] bytes = new byte[65_536];
    try {
      while (true) {
        DatagramPacket datagram = new DatagramPacket(bytes, bytes.length);
        socket.receive(datagram);
        handshake.offer(bytes, 0, datagram.getLength());
      }
    } catch (IOException _) {
      return; // closed
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      listener.join(); // the port is free only when nobody waits at it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handshake.close();
  }
}
