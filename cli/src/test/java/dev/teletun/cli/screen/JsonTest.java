package dev.teletun.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void writesMembersInOrder() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", "connected");
    members.put("mtu", 1400);
    members.put("addresses", List.of("10.0.2.7", "fd00::7"));

    assertThat(Json.object(members))
        .isEqualTo(
            "{\"event\":\"connected\",\"mtu\":1400,\"addresses\":[\"10.0.2.7\",\"fd00::7\"]}");
  }

  @Test
  void escapesWhatWouldEndTheString() {
    assertThat(Json.object(Map.of("a", "\"\\\n\t\033é")))
        .isEqualTo("{\"a\":\"\\\"\\\\\\n\\t\\u001bé\"}");
  }
}
