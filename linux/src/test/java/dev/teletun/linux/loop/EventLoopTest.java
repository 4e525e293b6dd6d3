package dev.teletun.linux.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventLoopTest {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_NONBLOCK = 1 | 0x800;

  private final NativeMemory byteOfData = NativeMemory.allocate(1);
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private EventLoop loop;
  private Fd near;
  private Fd far;

  @BeforeEach
  void startLoopAndSocketPair() throws IOException {
    loop = EventLoop.start("loop-under-test");
    NativeMemory pair = NativeMemory.allocate(8);
    Libc.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK, 0, pair.address());
    near = Fd.owning(pair.buffer().getInt(0));
    far = Fd.owning(pair.buffer().getInt(4));
  }

  @AfterEach
  void closeAll() throws IOException {
    loop.close();
    near.close();
    far.close();
  }

  @Test
  void callsOnItsOwnThreadAndThrowsToTheCallerAlone() throws Exception {
    loop.call(() -> seen.add(Thread.currentThread().getName()));
    assertThatIOException()
        .isThrownBy(() ->
            loop.call(() -> {
              throw new IOException("the caller's");
            }))
        .withMessage("the caller's");

    assertThat(seen.poll()).isEqualTo("loop-under-test");
    assertThat(loop.ended()).isNotDone();
  }

  @Test
  void callsOnTheCallersThreadOnceItHasEnded() throws Exception {
    loop.close();

    loop.call(() -> seen.add(Thread.currentThread().getName()));

    assertThat(seen.poll()).isEqualTo(Thread.currentThread().getName());
  }

  @Test
  void tellsThatADescriptorIsReadableOnItsOwnThread() throws Exception {
    Watch watch = loop.watch(near, this::recordAndRead);
    loop.execute(() -> watch.reading(true));

    send(far);

    assertThat(seen.poll(5, SECONDS)).isEqualTo("read on loop-under-test");
  }

  @Test
  void staysQuietWhileReadingIsOffAndGoesOnWhenItIsOnAgain() throws Exception {
    Watch watch = loop.watch(near, this::recordAndRead);
    onLoop(() -> watch.reading(true));
    onLoop(() -> watch.reading(false));
    send(far);
    for (int turn = 0; turn < 3; turn++) {
      onLoop(() -> {}); // each task comes after one look at the descriptors
    }
    assertThat(seen).isEmpty();

    onLoop(() -> watch.reading(true));

    assertThat(seen.poll(5, SECONDS)).isEqualTo("read on loop-under-test");
  }

  @Test
  void tellsThatADescriptorIsWritableOnlyWhileThatIsWanted() throws Exception {
    AtomicReference<Watch> watch = new AtomicReference<>();
    watch.set(
        loop.watch(
            near,
            new Ready() {
              @Override
              public void readable() {}

              @Override
              public void writable() {
                seen.add("writable");
                watch.get().writing(false);
              }
            }));

    onLoop(() -> watch.get().writing(true));
    assertThat(seen.poll(5, SECONDS)).isEqualTo("writable");
    onLoop(() -> {});

    assertThat(seen).isEmpty();
  }

  @Test
  void tellsAPausedReaderThatTheOtherSideIsGone() throws Exception {
    AtomicReference<Watch> watch = new AtomicReference<>();
    watch.set(
        loop.watch(
            near,
            new Ready() {
              @Override
              public void readable() {
                seen.add("readable");
              }

              @Override
              public void hungUp() {
                seen.add("hung up");
                watch.get().close();
              }
            }));
    onLoop(() -> watch.get().reading(true));
    onLoop(() -> watch.get().reading(false));

    far.close();

    assertThat(seen.poll(5, SECONDS)).isEqualTo("hung up");
  }

  @Test
  void runsTimersOnceAndAgainUntilTheyAreCancelled() throws Exception {
    CountDownLatch once = new CountDownLatch(1);
    CountDownLatch thrice = new CountDownLatch(3);
    AtomicInteger cancelled = new AtomicInteger();

    Closeable never = loop.schedule(Duration.ofMillis(30), cancelled::incrementAndGet);
    never.close();
    loop.schedule(Duration.ofMillis(60), once::countDown);
    Closeable repeating = loop.every(Duration.ofMillis(1), thrice::countDown);

    assertThat(thrice.await(5, SECONDS)).isTrue();
    assertThat(once.await(5, SECONDS)).isTrue();
    repeating.close();
    assertThat(cancelled).hasValue(0);
  }

  @Test
  void endsWithWhatAHandlerThrew() throws Exception {
    IOException unplugged = new IOException("unplugged");
    Watch watch =
        loop.watch(
            near,
            () -> {
              throw unplugged;
            });
    loop.execute(() -> watch.reading(true));

    send(far);

    assertThat(loop.ended())
        .failsWithin(5, SECONDS)
        .withThrowableThat()
        .havingCause()
        .isSameAs(unplugged);
  }

  @Test
  void endsWithTheFirstErrorOfATimerAndRunsNothingAfterIt() throws Exception {
    AssertionError first = new AssertionError("first");
    loop.schedule(
        Duration.ofMillis(1),
        () -> {
          loop.execute(() -> seen.add("after the failure"));
          throw first;
        });

    assertThat(loop.ended())
        .failsWithin(5, SECONDS)
        .withThrowableThat()
        .havingCause()
        .isSameAs(first);
    assertThat(seen).isEmpty();
    loop.execute(() -> seen.add("after the end"));
    assertThatIOException()
        .isThrownBy(() -> loop.watch(near, () -> {}))
        .withMessageContaining("has ended");
  }

  @Test
  void joinsItsThreadAndLeavesTheDescriptorsOpen() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    Watch watch = loop.watch(near, this::recordAndRead);
    onLoop(() -> {
      thread.set(Thread.currentThread());
      watch.reading(true);
    });

    loop.close();
    loop.close();

    assertThat(loop.ended()).isCompletedWithValue(null);
    thread.get().join(5_000);
    assertThat(thread.get().isAlive()).isFalse();
    assertThat(Libc.fcntl(near.number(), 1, 0)).as("fcntl(F_GETFD)").isNotNegative();
    watch.close();
  }

  @Test
  void canBeClosedByAHandler() throws Exception {
    loop.execute(() -> {
      try {
        loop.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });

    assertThat(loop.ended()).succeedsWithin(5, SECONDS);
  }

  @Test
  void closesAWatchFromAnotherThreadBeforeItsHandlerCanRunAgain() throws Exception {
    Watch watch = loop.watch(near, () -> seen.add("called"));
    onLoop(() -> watch.reading(true));

    watch.close();
    watch.close();
    send(far);
    onLoop(() -> {});

    assertThat(seen).isEmpty();
    Watch again = loop.watch(near, this::recordAndRead);
    onLoop(() -> again.reading(true));
    assertThat(seen.poll(5, SECONDS)).isEqualTo("read on loop-under-test");
  }

  private void recordAndRead() {
    Libc.recv(near.number(), byteOfData.address(), 1, 0);
    seen.add("read on " + Thread.currentThread().getName());
  }

  private void onLoop(Runnable task) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(() -> {
      task.run();
      done.complete(null);
    });
    done.get(5, SECONDS);
  }

  private static void send(Fd to) {
    try (NativeMemory one = NativeMemory.allocate(1)) {
      assertThat(Libc.send(to.number(), one.address(), 1, 0)).isEqualTo(1);
    }
  }
}
