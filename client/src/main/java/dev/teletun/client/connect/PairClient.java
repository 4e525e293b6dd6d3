package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.cluster.pair.Deployed;
import dev.teletun.client.cluster.pair.Holder;
import dev.teletun.client.cluster.pair.LeaseGate;
import dev.teletun.client.cluster.pair.LeaseKeeper;
import dev.teletun.client.cluster.pair.PairHeldException;
import dev.teletun.client.cluster.pair.PairKeys;
import dev.teletun.client.cluster.pair.PairSpec;
import dev.teletun.client.cluster.pair.PairUp;
import dev.teletun.client.cluster.pair.Preflight;
import dev.teletun.client.cluster.pair.Right;
import dev.teletun.linux.capability.Capabilities;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/** A client whose pair is brought up first. */
public final class PairClient {
  private PairClient() {}

  /**
   * Deploys the pair, or finds it, and connects.
   *
   * @throws MissingPrivilegeException without CAP_NET_ADMIN, before anything is deployed
   * @throws PairHeldException if somebody else's client holds it, and it is not to be taken over
   * @throws IOException with what failed; what was deployed until then stays
   */
  public static Client open(PairClientOptions options, InvokingUser user, Progress progress)
      throws IOException, InvalidSettingsException {
    if (!Capabilities.effective(Capabilities.CAP_NET_ADMIN)) {
      throw new MissingPrivilegeException();
    }
    try (CloseStack onFailure = new CloseStack()) {
      Client client = open(options, user, progress, onFailure);
      CloseStack _ = onFailure.handOver(); // the Lease is the client's now
      return client;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while the pair came up").initCause(e);
    }
  }

  private static Client open(
      PairClientOptions options, InvokingUser user, Progress progress, CloseStack onFailure)
      throws IOException, InterruptedException, InvalidSettingsException {
    Holder me = Holder.ofThisProcess(Identification.text());
    LeaseKeeper lease;
    PairKeys keys;
    Deployed deployed;
    try (ClusterApi api = ClusterApi.open(options.cluster())) {
      PairSpec spec =
          new PairSpec(options.layout(), options.name(), api.namespace(), options.image());
      new Preflight(api, api.namespace()).run(List.of(Right.Use.values()), progress);
      new LeaseGate(api, spec, me, progress).take(options.takeover());
      lease = onFailure.own(LeaseKeeper.ofPair(options.cluster(), spec, me, progress::event));
      lease.begin(); // pods may take longer than it counts for
      keys = PairKeys.of(user, api);
      deployed = new PairUp(api, spec, progress).run(keys);
    }
    return Client.open(clientOptions(options, deployed, keys), Optional.of(lease), progress);
  }

  private static ClientOptions clientOptions(
      PairClientOptions options, Deployed deployed, PairKeys keys) {
    return new ClientOptions(
        options.cluster(),
        Optional.of(deployed.pod()),
        Optional.empty(),
        Deployed.PORT,
        keys.file("server.pub"),
        keys.file("client.pub"),
        keys.file("client.key"),
        options.host(),
        options.check(),
        options.takeover(),
        options.lifetime());
  }
}
