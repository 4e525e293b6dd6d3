package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.client.cluster.access.ClusterApi;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may bring up or remove a pair whose Lease says that somebody holds it. */
@Timeout(60)
class LeaseGateTest {
  private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/dev/leases/alice";
  private static final Holder BOB = Holder.parse("bob@desk/7-9-0123abcd");
  private static final long ENDED = 1; // ticks: this process began later

  @TempDir Path directory;
  private StoringApiServer cluster;
  private final Told told = new Told();
  private final Holder me = Holder.ofThisProcess("alice@laptop");

  @BeforeEach
  void open() throws Exception {
    cluster = StoringApiServer.open(directory);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void takesALeaseThatThereWasNotUnderThePairsLabels() throws Exception {
    take(false);

    assertThat(holder()).isEqualTo(me);
    assertThat(lease().getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/name", "teletun")
        .containsEntry("app.kubernetes.io/instance", "alice")
        .containsEntry("app.kubernetes.io/managed-by", "teletun");
    assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(40);
  }

  @Test
  void takesWhatWasGivenBack() throws Exception {
    cluster.put(
        PATH, new LeaseBuilder(held(BOB, 0)).editSpec().withHolderIdentity(null).endSpec().build());

    take(false);

    assertThat(holder()).isEqualTo(me);
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(4);
  }

  @Test
  void saysWhoHoldsItSinceWhenAndWhatToDo() {
    cluster.put(PATH, held(BOB, 5));

    assertThatExceptionOfType(PairHeldException.class)
        .isThrownBy(() -> take(false))
        .withMessageMatching(
            "pair alice in namespace \"dev\" is held by bob@desk \\(process 7\\) since 2026-01-02T03:04:05Z, last heard of at 20\\S+Z\\. Bring up one of your own with -name=NAME, or end that session with -takeover");
    assertThat(holder()).isEqualTo(BOB);
  }

  @Test
  void saysThatOnesOwnClientHoldsIt() {
    Holder other =
        new Holder(me.who(), ProcessHandle.current().parent().orElseThrow().pid(), 0, me.place());
    Holder own = new Holder(me.who(), other.pid(), ThisMachine.startOf(other.pid()), me.place());
    cluster.put(PATH, held(own, 5));

    assertThatExceptionOfType(PairHeldException.class)
        .isThrownBy(() -> take(false))
        .withMessageEndingWith(
            "That is your own client: end it first (kill %d), or its session with -takeover; or bring up another pair with -name=NAME"
                .formatted(own.pid()));
  }

  @Test
  void takesOverWhatItIsToldTo() throws Exception {
    cluster.put(PATH, held(BOB, 5));

    take(true);

    assertThat(holder()).isEqualTo(me);
  }

  @Test
  void takesItAtOnceFromAProcessHereThatHasEnded() throws Exception {
    cluster.put(PATH, held(new Holder(me.who(), me.pid(), ENDED, me.place()), 5));

    take(false);

    assertThat(holder()).isEqualTo(me);
    assertThat(told.steps).isEmpty();
  }

  @Test
  void takesWhatHasExpiredAndIsNotRenewedWhileItWatches() throws Exception {
    cluster.put(PATH, held(BOB, 100));

    take(false);

    assertThat(holder()).isEqualTo(me);
    assertThat(told.steps).singleElement().asString().contains("watching whether it still is");
  }

  @Test
  void leavesItToAClientWhoseClockIsBehind() {
    cluster.put(PATH, held(BOB, 1000));
    cluster.before(
        "GET .*", () -> cluster.before("GET .*", () -> cluster.put(PATH, held(BOB, 990))));

    assertThatExceptionOfType(PairHeldException.class)
        .isThrownBy(() -> take(false))
        .withMessageContaining("is held by bob@desk");
    assertThat(holder()).isEqualTo(BOB);
  }

  @Test
  void looksAgainWhenSomebodyElseWasFaster() {
    cluster.before("POST .*", () -> cluster.put(PATH, held(BOB, 0)));

    assertThatExceptionOfType(PairHeldException.class)
        .isThrownBy(() -> take(false))
        .withMessageContaining("is held by bob@desk");
    assertThat(holder()).isEqualTo(BOB);
  }

  @Test
  void writesOnWhatItHasReadAlone() {
    cluster.put(
        PATH, new LeaseBuilder(held(BOB, 0)).editSpec().withHolderIdentity(null).endSpec().build());
    cluster.before("PUT .*", () -> cluster.put(PATH, held(BOB, 0)));

    assertThatExceptionOfType(PairHeldException.class).isThrownBy(() -> take(false));
    assertThat(holder()).isEqualTo(BOB);
  }

  @Test
  void saysNothingWithoutTheRightAndGoesOn() throws Exception {
    cluster.refuse(".*/leases.*", 403, "leases is forbidden");

    take(false);

    assertThat(told.warnings).isEmpty();
  }

  @Test
  void goesOnWithAWarningWhereTheLeaseCannotBeHad() throws Exception {
    cluster.refuse(".*/leases.*", 500, "out of order");

    take(false);

    assertThat(told.warnings)
        .singleElement()
        .asString()
        .startsWith("who holds the pair is not known: the API server ")
        .contains(" answered 500 ");
  }

  @Test
  void removesNoPairUnderSomebodyElse() throws Exception {
    cluster.put(PATH, held(BOB, 5));

    assertThatExceptionOfType(PairHeldException.class)
        .isThrownBy(() -> pass(false))
        .withMessageMatching(
            "pair alice in namespace \"dev\" is held by bob@desk \\(process 7\\) since 2026-01-02T03:04:05Z, .*\\. Ask for that session to be ended, or remove the pair all the same with -force");
    pass(true);
    assertThat(cluster.changes()).isEmpty();
  }

  @Test
  void endsOnesOwnClientWithAWord() throws Exception {
    Holder own = new Holder(me.who(), me.pid() + 1, me.started(), me.place());
    Holder here = new Holder(me.who(), 1, ThisMachine.startOf(1), me.place());
    cluster.put(PATH, held(here, 5));

    pass(false);

    assertThat(told.warnings).containsExactly("your own client, process 1, ends");
    assertThat(own.isOfSamePerson(me)).isTrue();
  }

  private void take(boolean takeover) throws Exception {
    try (ClusterApi api = cluster.api()) {
      gate(api).take(takeover);
    }
  }

  private void pass(boolean force) throws Exception {
    try (ClusterApi api = cluster.api()) {
      gate(api).pass(force);
    }
  }

  private LeaseGate gate(ClusterApi api) {
    PairSpec spec = new PairSpec(Layout.PAIR, "alice", "dev", Optional.empty());
    return new LeaseGate(api, spec, me, told, Duration.ofSeconds(2));
  }

  private Lease lease() {
    return cluster.get(PATH, Lease.class).orElseThrow();
  }

  private Holder holder() {
    return Holder.parse(lease().getSpec().getHolderIdentity());
  }

  private static Lease held(Holder holder, int secondsAgo) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName("alice")
        .withNamespace("dev")
        .withUid("u")
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(holder.identity())
        .withAcquireTime(ZonedDateTime.parse("2026-01-02T03:04:05Z"))
        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).minusSeconds(secondsAgo))
        .withLeaseDurationSeconds(40)
        .withLeaseTransitions(3)
        .endSpec()
        .build();
  }
}
