package dev.teletun.client.dns.stub;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.socket.StreamListener;
import dev.teletun.linux.udp.UdpSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A UDP and a TCP port of the same number on an address of this host. */
record StubPorts(UdpSocket datagrams, StreamListener streams, int number) implements Closeable {
  private static final int ATTEMPTS = 32;

  /** Takes the number that is asked for; for 0 any that is free for both. */
  static StubPorts open(InetSocketAddress at) throws IOException {
    for (int attempt = 1; ; attempt++) {
      StreamListener streams = StreamListener.bind(at);
      try {
        int number = streams.localAddress().getPort();
        return new StubPorts(UdpSocket.bind(at.getAddress(), number), streams, number);
      } catch (SyscallException e) {
        streams.close();
        if (e.errno() != Errno.EADDRINUSE || at.getPort() != 0 || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (streams) {
      datagrams.close();
    }
  }
}
