package dev.teletun.client.cluster.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodNameTest {
  @Test
  void readsANameWithAndWithoutNamespace() {
    assertThat(PodName.parse("web-0").namespace()).isEmpty();
    assertThat(PodName.parse("shop/web.0").namespace()).contains("shop");
    assertThat(PodName.parse("shop/web.0").name()).isEqualTo("web.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/web", "shop/", "a/b/c", "Web", "web_0", "-web", "web-", "../web"})
  void refusesWhatIsNoName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PodName.parse(text))
        .withMessageContaining("write it as web-0, or as shop/web-0");
  }
}
