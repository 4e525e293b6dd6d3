package dev.teletun.dtls.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Set;

/**
 * A server's connected socket that can be closed without losing the last thing it said.
 *
 * <p>JSSE closes the socket right after the alert that refuses a certificate, while the client
 * still sends the rest of its flight. The kernel answers unread bytes with RST, the client's next
 * write fails, and it never reads the alert that would have told it why.
 */
final class LingeringSocket extends Socket {
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Socket socket;
  private boolean lingers;

  LingeringSocket(Socket connected) {
    this.socket = connected;
  }

  /** From now on {@link #close} first lets the peer finish, for a second at most. */
  void lingerOnClose() {
    lingers = true;
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      if (lingers && !socket.isClosed()) {
        lingers = false;
        drain();
      }
    }
  }

  private void drain() {
    try {
      socket.shutdownOutput();
      byte[] ignored = new byte[4096];
      long end = System.nanoTime() + LINGER.toNanos();
      long left = LINGER.toMillis();
      while (left > 0) {
        socket.setSoTimeout((int) left);
        if (socket.getInputStream().read(ignored) < 0) {
          return;
        }
        left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      }
    } catch (IOException _) {
      return; // a peer that is gone already needs no explanation
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return socket.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return socket.getOutputStream();
  }

  /** JSSE, which reads the end of a peer that is gone, may have closed it while it said goodbye. */
  @Override
  public void shutdownInput() throws IOException {
    if (!socket.isClosed()) {
      socket.shutdownInput();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public boolean isConnected() {
    return socket.isConnected();
  }

  @Override
  public boolean isBound() {
    return socket.isBound();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return socket.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return socket.isOutputShutdown();
  }

  @Override
  public InetAddress getInetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return socket.getLocalAddress();
  }

  @Override
  public int getPort() {
    return socket.getPort();
  }

  @Override
  public int getLocalPort() {
    return socket.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return socket.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return socket.getLocalSocketAddress();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    socket.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return socket.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    socket.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return socket.getTcpNoDelay();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    socket.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return socket.getKeepAlive();
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    socket.setSoLinger(on, seconds);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return socket.getSoLinger();
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
    socket.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return socket.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return socket.supportedOptions();
  }
}
