package dev.teletun.protocol.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseStackTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void closesTheLastOwnedFirst() throws Exception {
    try (CloseStack stack = new CloseStack()) {
      stack.own(() -> closed.add("first"));
      stack.own(() -> closed.add("second"));
    }

    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void closesTheRestWhenOneFails() {
    IOException one = new IOException("one");
    RuntimeException two = new IllegalStateException("two");
    CloseStack stack = new CloseStack();
    stack.own(() -> closed.add("first"));
    stack.own(() -> {
      throw two;
    });
    stack.own(() -> {
      throw one;
    });

    assertThatThrownBy(stack::close).isSameAs(one).hasSuppressedException(two);
    assertThat(closed).containsExactly("first");
  }

  @Test
  void leavesToTheHeirWhatWasHandedOver() throws Exception {
    CloseStack heir;
    try (CloseStack stack = new CloseStack()) {
      stack.own(() -> closed.add("first"));
      stack.own(() -> closed.add("second"));
      heir = stack.handOver();
    }
    assertThat(closed).isEmpty();

    heir.close();

    assertThat(closed).containsExactly("second", "first");
  }
}
