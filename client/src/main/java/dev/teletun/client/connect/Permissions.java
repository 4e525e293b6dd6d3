package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.pair.Preflight;
import dev.teletun.client.cluster.pair.Right;
import dev.teletun.client.cluster.reach.PodName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

/** Says before a connection what the user may not ask the API server, and what that costs. */
public final class Permissions {
  private Permissions() {}

  /** Asks nothing for a client that asks the API server nothing, and never ends one. */
  public static void tell(ClientOptions options, Progress progress) throws IOException {
    if (options.pod().isEmpty()) {
      return;
    }
    try (ClusterApi api = ClusterApi.open(options.cluster())) {
      String namespace = PodName.parse(options.pod().get()).namespace().orElseGet(api::namespace);
      new Preflight(api, namespace).run(List.of(Right.Use.CONNECT, Right.Use.FACTS), progress);
    } catch (ClusterException _) {
      return; // who connects meets the same, and says it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
