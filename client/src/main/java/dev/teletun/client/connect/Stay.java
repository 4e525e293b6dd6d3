package dev.teletun.client.connect;

import dev.teletun.client.host.TunnelInterface;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Keeps the host what the server says while control connections come and go. Runs on the control
 * thread.
 */
final class Stay implements Control.Listener {
  private final DataChannel data;
  private final TunnelInterface device;
  private final Progress progress;
  private Attachment current;
  private long lostNanos;

  Stay(DataChannel data, TunnelInterface device, Attachment first, Progress progress) {
    this.data = data;
    this.device = device;
    this.current = first;
    this.progress = progress;
  }

  @Override
  public void lost(String why) {
    lostNanos = System.nanoTime();
    progress.event("%s; dialling again".formatted(why));
  }

  @Override
  public void attached(Attachment what) throws IOException {
    podChanged(what.addresses(), what.resolvConf());
    current = what;
    data.attached(what);
    progress.event(
        "connected again after %d s%s"
            .formatted(
                Duration.ofNanos(System.nanoTime() - lostNanos).toSeconds(),
                what.resumed() ? "" : ", in a new session"));
  }

  @Override
  public void podChanged(AddressList addresses, ResolvConf resolvConf) throws IOException {
    List<InetAddress> pod = addresses.addresses();
    if (pod.equals(current.addresses().addresses())) {
      return;
    }
    current = new Attachment(current.server(), current.token(), true, addresses, resolvConf);
    data.loop().call(() -> data.end().filter(Client.filter(current)));
    device.readdress(pod);
    progress.event(
        "the pod was replaced: this host is %s now, and connections of before are over"
            .formatted(Addresses.text(pod)));
  }
}
