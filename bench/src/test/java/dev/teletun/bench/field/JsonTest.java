package dev.teletun.bench.field;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void writesWhatJsonKnows() {
    String json =
        Json.of(
            Json.members(
                "text",
                "a \"b\"\n",
                "number",
                7L,
                "part",
                0.5,
                "none",
                Double.NaN,
                "yes",
                true,
                "list",
                List.of(1, 2),
                "map",
                Json.members("x", "y")));

    assertThat(json)
        .isEqualTo(
            "{\"text\": \"a \\\"b\\\"\\n\", \"number\": 7, \"part\": 0.500, \"none\": null, \"yes\": true, \"list\": [1, 2], \"map\": {\"x\": \"y\"}}\n");
  }
}
