package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.cluster.pair.Deployed;
import dev.teletun.client.cluster.pair.PairKeys;
import dev.teletun.client.cluster.pair.PairSpec;
import dev.teletun.client.cluster.pair.PairUp;
import dev.teletun.client.cluster.pair.Preflight;
import dev.teletun.client.cluster.pair.Right;
import dev.teletun.linux.capability.Capabilities;
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
   * @throws IOException with what failed; what was deployed until then stays
   */
  public static Client open(PairClientOptions options, InvokingUser user, Progress progress)
      throws IOException, InvalidSettingsException {
    if (!Capabilities.effective(Capabilities.CAP_NET_ADMIN)) {
      throw new MissingPrivilegeException();
    }
    PairKeys keys;
    Deployed deployed;
    try (ClusterApi api = ClusterApi.open(options.cluster())) {
      PairSpec spec =
          new PairSpec(options.layout(), options.name(), api.namespace(), options.image());
      new Preflight(api, api.namespace()).run(List.of(Right.Use.values()), progress);
      keys = PairKeys.of(user, api);
      deployed = new PairUp(api, spec, progress).run(keys);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while the pair came up").initCause(e);
    }
    return Client.open(clientOptions(options, deployed, keys), progress);
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
        options.routes(),
        options.dns(),
        options.check(),
        options.takeover(),
        options.lifetime());
  }
}
