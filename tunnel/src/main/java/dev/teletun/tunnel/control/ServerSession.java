package dev.teletun.tunnel.control;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.MessageReader;
import dev.teletun.protocol.message.MessageWriter;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** The server's side of a control session with an authenticated client. */
public final class ServerSession implements Closeable {

  /** How a session of version 2 ended. */
  public enum Ending {
    /** The client said that it is done. */
    BYE,
    /** The connection broke; the client may come back. */
    LOST
  }

  private static final Duration ATTACH_DEADLINE = Duration.ofSeconds(10);

  private final SSLSocket tls;
  private final Socket tcp;
  private final MessageReader messages;

  ServerSession(SSLSocket tls, Socket tcp) throws IOException {
    this.tls = tls;
    this.tcp = tcp;
    this.messages = new MessageReader(tls.getInputStream());
  }

  /** True if both sides agreed on version 2 of the protocol. */
  public boolean isVersion2() {
    return ControlTls.VERSION_2.equals(ControlTls.agreed(tls));
  }

  /** Where the client dialled from, in words. */
  public String client() {
    return Addresses.text(new InetSocketAddress(tcp.getInetAddress(), tcp.getPort()));
  }

  /** The address that the client dialled from. */
  public InetAddress address() {
    return tcp.getInetAddress();
  }

  /** Sends what a server of either version says first. */
  public void greet(AddressList addresses, String resolvConf) throws IOException {
    OutputStream out = new BufferedOutputStream(tls.getOutputStream());
    NulTerminated.write(out, addresses.format());
    NulTerminated.write(out, resolvConf);
    out.flush();
  }

  /** Version 1: waits until the client closes the connection, or {@link #close} does. */
  public void awaitEnd() throws IOException {
    byte[] ignored = new byte[512];
    InputStream in = tls.getInputStream();
    try {
      while (in.read(ignored) >= 0) {
        // Version 1 clients say nothing.
      }
    } catch (IOException e) {
      if (!tcp.isClosed()) {
        throw e;
      }
    }
  }

  /** Version 2: what the client says first, within 10 s. */
  public ControlMessage.Attach awaitAttach() throws IOException {
    try (Deadline _ = new Deadline(tcp, ATTACH_DEADLINE)) {
      Optional<ControlMessage> first = messages.read();
      if (first.isPresent() && first.get() instanceof ControlMessage.Attach attach) {
        return attach;
      }
      throw new ControlException("the client did not attach");
    }
  }

  /** Version 2: answers pings until the client says bye, the connection ends or is closed. */
  public Ending serve() {
    try {
      for (Optional<ControlMessage> next = messages.read();
          next.isPresent();
          next = messages.read()) {
        switch (next.get()) {
          case ControlMessage.Ping ping -> send(new ControlMessage.Pong(ping.id()));
          case ControlMessage.Bye _ -> {
            return Ending.BYE;
          }
          default -> {
            // Nothing else concerns a server.
          }
        }
      }
    } catch (IOException _) {
      return Ending.LOST; // whatever broke it, the client will dial again
    }
    return Ending.LOST;
  }

  /** Version 2: sends one message. Any thread. */
  public void send(ControlMessage message) throws IOException {
    byte[] bytes = MessageWriter.encode(message);
    synchronized (tls) {
      OutputStream out = tls.getOutputStream();
      out.write(bytes);
      out.flush();
    }
  }

  /** Ends the session; {@link #awaitEnd} and {@link #serve} return. Any thread. */
  @Override
  public void close() throws IOException {
    tcp.close();
  }
}
