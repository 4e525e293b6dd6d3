package dev.teletun.lab.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects of one path, and what became of them. The API server's lock guards it. */
final class Collection {
  private final Map<String, String> objects = new TreeMap<>();
  private final List<Event> history = new ArrayList<>();
  private long forgotten;
  private int generation;

  private record Event(long version, String json) {}

  void put(String name, String json, long version) {
    add(objects.put(name, json) == null ? "ADDED" : "MODIFIED", json, version);
  }

  void delete(String name, String json, long version) {
    if (objects.remove(name) != null) {
      add("DELETED", json, version);
    }
  }

  private void add(String type, String json, long version) {
    history.add(new Event(version, "{\"type\":\"%s\",\"object\":%s}".formatted(type, json)));
  }

  void forget(long version) {
    forgotten = version;
    history.clear();
  }

  void endWatches() {
    generation++;
  }

  /** The object of this name in any namespace. */
  Optional<String> one(String name) {
    return objects.entrySet().stream()
        .filter(o -> o.getKey().equals(name) || o.getKey().endsWith("/" + name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  String page(int from, int limit, long version) {
    List<String> some = objects.values().stream().skip(from).limit(limit).toList();
    int next = from + some.size();
    return "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"%d\",\"continue\":\"%s\"},\"items\":[%s]}"
        .formatted(version, next < objects.size() ? "" + next : "", String.join(",", some));
  }

  Watch watch(long since) {
    return new Watch(since);
  }

  /** One client's. */
  final class Watch {
    private final int of = generation;
    private long seen;

    private Watch(long since) {
      this.seen = since;
    }

    boolean isOver() {
      return of != generation;
    }

    /** What happened since the last call. */
    List<String> next() {
      if (seen < forgotten) {
        seen = Long.MAX_VALUE;
        return List.of(
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}");
      }
      List<String> events =
          history.stream().filter(e -> e.version() > seen).map(Event::json).toList();
      seen = Math.max(seen, history.isEmpty() ? 0 : history.getLast().version());
      return events;
    }
  }
}
