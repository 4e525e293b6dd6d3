package dev.teletun.client.dns.stub;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One query put to one server, until the answer that belongs to it comes or time is up. Loop thread
 * only.
 */
final class Exchange implements MessageWire.Receiver {
  private static final int IXFR = 251;
  private static final int AXFR = 252;

  private final byte[] query;
  private final Optional<Question> question;
  private final boolean transfer;
  private final long patienceNanos;
  private final Outcome outcome;
  private final DnsCounts counts;
  private final Consumer<Exchange> onEnd;
  private @Nullable MessageWire wire;
  private long deadlineNanos;
  private boolean ended;

  /**
   * Prepares the exchange.
   *
   * @param query with an id that nobody can guess
   * @param onEnd told before the outcome is, unless answered; once
   */
  Exchange(
      byte[] query,
      Transport transport,
      Duration patience,
      Outcome outcome,
      DnsCounts counts,
      Consumer<Exchange> onEnd) {
    this.query = query;
    this.question = Question.parse(query);
    this.transfer =
        transport == Transport.TCP
            && question.filter(q -> q.type() == AXFR || q.type() == IXFR).isPresent();
    this.patienceNanos = patience.toNanos();
    this.outcome = outcome;
    this.counts = counts;
    this.onEnd = onEnd;
    this.deadlineNanos = System.nanoTime() + patienceNanos;
  }

  /** The query's. */
  int id() {
    return DnsHeader.id(query);
  }

  /** Bytes of the query. */
  int length() {
    return query.length;
  }

  /** Sends the query on a wire of its own, which this then owns. */
  void start(MessageWire own) {
    wire = own;
    own.send(query);
  }

  /** True if this very query was sent here. */
  boolean sent(byte[] message) {
    return Arrays.equals(message, query);
  }

  boolean isOverdue(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  @Override
  public void received(byte[] message) {
    if (!belongs(message)) {
      counts.refusedAnswers.increment();
      return;
    }
    if (transfer) { // more messages follow; the server ends it
      deadlineNanos = System.nanoTime() + patienceNanos;
    } else {
      close();
    }
    outcome.answered(message);
  }

  @Override
  public void ended(Outcome.Why why) {
    end(why);
  }

  /** Gives up. */
  void end(Outcome.Why why) {
    if (!ended) {
      close();
      outcome.unanswered(why);
    }
  }

  private void close() {
    ended = true;
    if (wire != null) {
      wire.close();
    }
    onEnd.accept(this);
  }

  /** The socket takes answers of the asked server alone; the rest is checked here (RFC 5452 §9). */
  private boolean belongs(byte[] message) {
    if (message.length < DnsHeader.BYTES
        || !DnsHeader.isResponse(message)
        || DnsHeader.id(message) != DnsHeader.id(query)) {
      return false;
    }
    boolean withoutQuestion = DnsHeader.questions(message) == 0;
    if (question.isEmpty() || (withoutQuestion && (transfer || hasError(message)))) {
      return true; // RFC 5936 §2.2.1; some servers answer FORMERR with the header alone
    }
    return Question.parse(message).filter(question.get()::sameAs).isPresent();
  }

  private static boolean hasError(byte[] message) {
    return DnsHeader.responseCode(message) != DnsHeader.NO_ERROR;
  }
}
