package dev.teletun.client.dns.stub;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the cluster says to the full names that one short name may stand for. The first in search
 * order that has an answer wins, as soon as all before it have none; else the first that exists
 * without one; else none. Loop thread only.
 */
final class SearchPath {
  private enum State {
    WAITING,
    ABSENT,
    EMPTY,
    ANSWER
  }

  private final byte[] query;
  private final Transport transport;
  private final List<String> candidates;
  private final Consumer<byte[]> onFound;
  private final Runnable onNone;
  private final List<State> states;
  private final Map<Integer, byte[]> answers = new HashMap<>();
  private boolean decided;

  /**
   * Waits for one outcome for each candidate.
   *
   * @param query what the client asked
   * @param onFound gets the answer for the client
   * @param onNone called if no candidate exists
   */
  SearchPath(
      byte[] query,
      Transport transport,
      List<String> candidates,
      Consumer<byte[]> onFound,
      Runnable onNone) {
    this.query = query;
    this.transport = transport;
    this.candidates = candidates;
    this.onFound = onFound;
    this.onNone = onNone;
    this.states = new ArrayList<>(Collections.nCopies(candidates.size(), State.WAITING));
  }

  /** Who is to be told what became of the candidate {@code index}. */
  Outcome candidate(int index) {
    return new Outcome() {
      @Override
      public void answered(byte[] message) {
        answers.put(index, message);
        settle(index, stateOf(message));
      }

      @Override
      public void unanswered(Why why) {
        settle(index, State.ABSENT);
      }
    };
  }

  private static State stateOf(byte[] message) {
    if (DnsHeader.responseCode(message) != DnsHeader.NO_ERROR) {
      return State.ABSENT;
    }
    boolean has = DnsHeader.answers(message) > 0 || DnsHeader.isTruncated(message);
    return has ? State.ANSWER : State.EMPTY;
  }

  private void settle(int index, State state) {
    states.set(index, state);
    if (decided) {
      return;
    }
    int first = firstThatIsNot(State.ABSENT, State.EMPTY);
    if (first >= 0 && states.get(first) == State.WAITING) {
      return;
    }
    int winner = first >= 0 ? first : states.indexOf(State.EMPTY);
    decided = true;
    Optional<byte[]> answer = winner < 0 ? Optional.empty() : answerOf(winner);
    answer.ifPresentOrElse(onFound, onNone);
  }

  private int firstThatIsNot(State one, State other) {
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i) != one && states.get(i) != other) {
        return i;
      }
    }
    return -1;
  }

  private Optional<byte[]> answerOf(int winner) {
    return Optional.ofNullable(answers.get(winner))
        .flatMap(answer -> CnameAnswer.of(query, transport, candidates.get(winner), answer));
  }
}
