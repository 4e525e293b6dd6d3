package dev.teletun.lab.relay;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A passage by chance: the same seed does the same to the n-th datagram every time. */
public final class RandomPassage implements Passage {
  private final Impairment impairment;
  private final SplittableRandom dice;

  /** As bad as {@code impairment} says. */
  public RandomPassage(Impairment impairment, long seed) {
    this.impairment = impairment;
    this.dice = new SplittableRandom(seed);
  }

  @Override
  public void carry(byte[] datagram, Exit exit) {
    // A generator of its own for each datagram: how often one is asked changes no later fate.
    SplittableRandom fate = dice.split();
    if (fate.nextDouble() < impairment.loss()) {
      return;
    }
    boolean twice = fate.nextDouble() < impairment.duplication();
    byte[] arriving = damaged(datagram, fate);
    exit.arrives(arriving, delay(fate));
    if (twice) {
      exit.arrives(arriving, delay(fate));
    }
  }

  private byte[] damaged(byte[] datagram, SplittableRandom fate) {
    boolean corrupted = fate.nextDouble() < impairment.corruption();
    boolean truncated = fate.nextDouble() < impairment.truncation();
    if (datagram.length == 0 || (!corrupted && !truncated)) {
      return datagram;
    }
    int length = truncated ? fate.nextInt(datagram.length) : datagram.length;
    byte[] damaged = Arrays.copyOf(datagram, length);
    if (corrupted && length > 0) {
      damaged[fate.nextInt(length)] ^= (byte) (1 + fate.nextInt(255));
    }
    return damaged;
  }

  private Duration delay(SplittableRandom fate) {
    Duration delay = impairment.delay();
    double jitter = fate.nextDouble();
    if (!impairment.jitter().isZero()) {
      delay = delay.plusNanos((long) (jitter * impairment.jitter().toNanos()));
    }
    return fate.nextDouble() < impairment.reordering() ? delay.plus(impairment.behind()) : delay;
  }
}
