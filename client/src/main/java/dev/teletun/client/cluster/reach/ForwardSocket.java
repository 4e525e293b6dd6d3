package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.tunnel.transport.Room;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A stream to a port of a pod, through the API server, in the shape that TLS and its users know. It
 * has a client of the API server's of its own, so that each new connection reads the kubeconfig,
 * whose credentials may have been renewed.
 *
 * <p>It has no descriptor: options that a kernel would heed are taken and ignored.
 */
final class ForwardSocket extends Socket implements Room {
  // Any path that a port-forward is used on takes as much; what does not get away is noticed.
  private static final int BYTES_PER_MILLI = 8 * 1024;
  private static final String SEND_BUFFER = "jdk.httpclient.sendBufferSize";
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  static {
    // What waits in the kernel, nothing overtakes: tcp(7) would let it grow to megabytes.
    if (System.getProperty(SEND_BUFFER) == null) {
      System.setProperty(SEND_BUFFER, Integer.toString(SEND_BUFFER_BYTES));
    }
  }

  private final PodPort to;
  private final ForwardStream stream;
  private @Nullable ClusterApi api;
  private @Nullable InetSocketAddress at;
  private boolean closed;
  private volatile int soTimeoutMillis;

  ForwardSocket(PodPort to) {
    this.to = to;
    stream = new ForwardStream(to.toString());
  }

  /**
   * Asks the API server for the stream.
   *
   * @param where only to be told of: the kubeconfig says where the API server is
   * @throws ClusterException if it says no
   */
  @Override
  public void connect(SocketAddress where, int timeoutMillis) throws IOException {
    ClusterApi asked = ClusterApi.open(to.cluster());
    synchronized (this) {
      if (closed) {
        asked.close();
        throw new SocketException("closed");
      }
      api = asked;
      at = (InetSocketAddress) where;
    }
    CompletableFuture<WebSocket> opening =
        asked
            .client()
            .getHttpClient()
            .newWebSocketBuilder()
            .subprotocol(ForwardStream.PROTOCOL)
            .uri(uri(asked))
            .buildAsync(stream);
    CompletableFuture<Void> _ = opening.thenAccept(this::closeIfLate);
    try {
      opening.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw explain(asked, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw (IOException) new SocketTimeoutException("the API server did not answer").initCause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private URI uri(ClusterApi of) {
    String server = of.client().getMasterUrl().toString();
    return URI.create(
        "%s%sapi/v1/namespaces/%s/pods/%s/portforward?ports=%d"
            .formatted(
                server, server.endsWith("/") ? "" : "/", to.namespace(), to.pod(), to.port()));
  }

  private synchronized void closeIfLate(WebSocket opened) {
    if (closed) {
      boolean _ = opened.sendClose(1000, "");
    }
  }

  private ClusterException explain(ClusterApi asked, Throwable failure) {
    KubernetesClientException known =
        failure instanceof WebSocketHandshakeException refused
            ? new KubernetesClientException(
                String.valueOf(refused.getMessage()), refused.getResponse().code(), null)
            : failure instanceof KubernetesClientException already
                ? already
                : new KubernetesClientException(String.valueOf(failure.getMessage()), failure);
    return asked.explain(known, "create", "pods/portforward", to.namespace());
  }

  @Override
  public boolean await(Duration longest) throws IOException {
    return stream.awaitSent(longest.toNanos());
  }

  @Override
  public int bytesPerMilli() {
    return BYTES_PER_MILLI;
  }

  @Override
  public InputStream getInputStream() {
    return new In();
  }

  @Override
  public OutputStream getOutputStream() {
    return new Out();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      stream.close();
      if (api != null) {
        api.close();
      }
    }
  }

  @Override
  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized boolean isConnected() {
    return at != null;
  }

  @Override
  public boolean isBound() {
    return isConnected();
  }

  @Override
  public boolean isInputShutdown() {
    return false;
  }

  @Override
  public boolean isOutputShutdown() {
    return false;
  }

  @Override
  public void shutdownInput() {
    // The protocol ends both directions at once: that is for close.
  }

  @Override
  public void shutdownOutput() {
    // As above.
  }

  @Override
  public synchronized @Nullable InetAddress getInetAddress() {
    return at == null ? null : at.getAddress();
  }

  @Override
  public synchronized int getPort() {
    return at == null ? 0 : at.getPort();
  }

  @Override
  public synchronized @Nullable SocketAddress getRemoteSocketAddress() {
    return at;
  }

  @Override
  public InetAddress getLocalAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public int getLocalPort() {
    return 0;
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return new InetSocketAddress(getLocalAddress(), getLocalPort());
  }

  @Override
  public void setSoTimeout(int millis) {
    soTimeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return soTimeoutMillis;
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    // The HTTP client sets it.
  }

  @Override
  public void setKeepAlive(boolean on) {
    // What goes through is what keeps it alive.
  }

  @Override
  public void setSoLinger(boolean on, int seconds) {
    // Nobody waits for it to close.
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) {
    return this;
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return Set.of();
  }

  @Override
  public String toString() {
    return "port-forward to " + to;
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      read(one, 0, 1);
      return one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int most) throws IOException {
      return most == 0 ? 0 : stream.read(into, at, most, soTimeoutMillis);
    }

    @Override
    public int available() {
      return stream.available();
    }

    @Override
    public void close() {
      ForwardSocket.this.close();
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int at, int length) throws IOException {
      stream.write(bytes, at, length);
    }

    @Override
    public void close() {
      ForwardSocket.this.close();
    }
  }
}
