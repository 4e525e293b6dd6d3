package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.count.Fact;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a Lease while a client is connected. */
@Timeout(60)
class LeaseKeeperTest {
  private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/dev/leases/alice";
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String BOB = "bob@desk/7-9-0123abcd";

  @TempDir Path directory;
  private StoringApiServer cluster;
  private LeaseKeeper keeper;
  private final Holder me = Holder.ofThisProcess("alice@laptop");
  private final List<String> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws Exception {
    cluster = StoringApiServer.open(directory);
    PairSpec spec = new PairSpec(Layout.PAIR, "alice", "dev", Optional.empty());
    keeper = LeaseKeeper.ofPair(cluster.choice(), spec, me, Duration.ofMillis(50), events::add);
  }

  @AfterEach
  void close() {
    keeper.close();
    cluster.close();
  }

  @Test
  void renewsItUntilItIsGivenBack() {
    keeper.begin();
    until(this::isMine);
    ZonedDateTime first = lease().getSpec().getRenewTime();
    ZonedDateTime taken = lease().getSpec().getAcquireTime();
    until(() -> lease().getSpec().getRenewTime().isAfter(first));

    assertThat(lease().getSpec().getAcquireTime()).isEqualTo(taken);
    assertThat(fact("pairHolder")).contains(me.toString());
    assertThat(fact("pairLease")).contains("dev/alice");
    until(() -> fact("pairLeaseTrouble").isEmpty());
    keeper.close();

    assertThat(lease().getSpec().getHolderIdentity()).isNull();
  }

  @Test
  void goesOnAskingWhileTheApiServerFails() {
    keeper.begin();
    until(this::isMine);
    cluster.refuse(".*", 500, "out of order");
    until(() -> fact("pairLeaseTrouble").orElse("").contains("answered 500"));
    ZonedDateTime last = lease().getSpec().getRenewTime();

    cluster.recover();
    until(() -> lease().getSpec().getRenewTime().isAfter(last));

    until(() -> fact("pairLeaseTrouble").isEmpty());
    assertThat(events).isEmpty();
  }

  @Test
  void doesNotFightSomebodyWhoTookItOver() {
    keeper.begin();
    until(this::isMine);
    cluster.change(PATH, Lease.class, l -> heldByBob(l, 0));
    until(() -> !events.isEmpty());

    assertThat(events)
        .singleElement()
        .asString()
        .startsWith("the Lease of pair dev/alice is now held by bob@desk (process 7) since ");
    assertThat(fact("pairHolder")).contains("bob@desk (process 7)");
    cluster.change(PATH, Lease.class, l -> heldByBob(l, 100)); // who has crashed
    until(this::isMine);
    keeper.close();
    assertThat(lease().getSpec().getHolderIdentity()).isNull();
  }

  @Test
  void givesNothingBackThatIsSomebodyElses() {
    keeper.begin();
    until(this::isMine);
    cluster.change(PATH, Lease.class, l -> heldByBob(l, 0));
    until(() -> !events.isEmpty());

    keeper.close();

    assertThat(lease().getSpec().getHolderIdentity()).isEqualTo(BOB);
  }

  @Test
  void leavesItDeleted() {
    keeper.begin();
    until(this::isMine);
    cluster.delete("alice");
    until(() -> fact("pairLeaseTrouble").equals(Optional.of("somebody has deleted it")));

    assertThat(fact("pairHolder")).isEmpty();
    keeper.close();
    assertThat(cluster.get(PATH, Lease.class)).isEmpty();
  }

  @Test
  void findsThePairOfAPodByItsLabelsAndTakesItFromWhoIsNoLongerLetIn() {
    cluster.put(
        "/api/v1/namespaces/dev/pods/some-external",
        new PodBuilder()
            .withNewMetadata()
            .withName("some-external")
            .withNamespace("dev")
            .addToLabels("app.kubernetes.io/name", "teletun")
            .addToLabels("app.kubernetes.io/instance", "alice")
            .endMetadata()
            .build());
    cluster.put(
        PATH,
        heldByBob(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("alice")
                .withNamespace("dev")
                .endMetadata()
                .build(),
            0));
    keeper =
        LeaseKeeper.ofPod(cluster.choice(), Optional.empty(), "some-external", me, events::add);

    keeper.begin();

    until(this::isMine);
  }

  @Test
  void saysThatTheRightIsMissing() {
    cluster.refuse(".*/leases.*", 403, "leases is forbidden");
    keeper.begin();
    until(() -> fact("pairLeaseTrouble").orElse("").contains("(403)"));

    assertThat(fact("pairLeaseTrouble").orElseThrow())
        .contains("kubectl auth can-i update leases -n dev");
    assertThat(events).isEmpty();
  }

  private static Lease heldByBob(Lease lease, int secondsAgo) {
    return new LeaseBuilder(lease)
        .editOrNewSpec()
        .withHolderIdentity(BOB)
        .withAcquireTime(ZonedDateTime.now(ZoneOffset.UTC).minusSeconds(200))
        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).minusSeconds(secondsAgo))
        .withLeaseDurationSeconds(40)
        .endSpec()
        .build();
  }

  private boolean isMine() {
    return cluster
        .get(PATH, Lease.class)
        .filter(l -> me.identity().equals(l.getSpec().getHolderIdentity()))
        .isPresent();
  }

  private Lease lease() {
    return cluster.get(PATH, Lease.class).orElseThrow();
  }

  private Optional<String> fact(String name) {
    return keeper.facts().stream()
        .filter(f -> f.name().equals(name))
        .map(Fact::values)
        .map(List::getFirst)
        .findFirst();
  }

  private static void until(BooleanSupplier so) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still not so after %s", LIMIT).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
