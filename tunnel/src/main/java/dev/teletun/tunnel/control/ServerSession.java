package dev.teletun.tunnel.control;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.NulTerminated;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** The server's side of a version 1 control session with an authenticated client. */
public final class ServerSession implements Closeable {
  private final SSLSocket tls;
  private final Socket tcp;

  ServerSession(SSLSocket tls, Socket tcp) {
    this.tls = tls;
    this.tcp = tcp;
  }

  /** Where the client dialled from, in words. */
  public String client() {
    return Addresses.text(new InetSocketAddress(tcp.getInetAddress(), tcp.getPort()));
  }

  /** The address that the client dialled from. */
  public InetAddress address() {
    return tcp.getInetAddress();
  }

  /** Sends what a version 1 server says first. */
  public void greet(AddressList addresses, String resolvConf) throws IOException {
    OutputStream out = new BufferedOutputStream(tls.getOutputStream());
    NulTerminated.write(out, addresses.format());
    NulTerminated.write(out, resolvConf);
    out.flush();
  }

  /** Waits until the client closes the connection, or {@link #close} does. */
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

  /** Ends the session; {@link #awaitEnd} returns. Any thread. */
  @Override
  public void close() throws IOException {
    tcp.close();
  }
}
