package dev.teletun.client.host.trace;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A change of this host that outlives the process which made it. */
public sealed interface Trace permits OwnRules, RegistryRecord, ResolvConfTrace {

  /** What undoing needs to know, by name; the name {@code kind} says what the change is. */
  Map<String, String> facts();

  /**
   * Undoes the change as far as it was made and is still there. May be repeated; what others did
   * meanwhile stays.
   *
   * @return what was done, for people; empty if there was nothing to do
   * @throws IOException if it is still there
   */
  Optional<String> undo() throws IOException;

  /**
   * What {@link #facts} gave.
   *
   * @throws IOException if it is of no kind that this version knows, or incomplete
   */
  static Trace of(Map<String, String> facts) throws IOException {
    String kind = facts.getOrDefault("kind", "");
    return switch (kind) {
      case ReplacedFile.KIND -> ReplacedFile.of(facts);
      case CoveredFile.KIND -> CoveredFile.of(facts);
      case RegistryRecord.KIND -> RegistryRecord.of(facts);
      case OwnRules.KIND -> OwnRules.of(facts);
      default ->
          throw new IOException(
              "a trace of the kind \"%s\", which this version does not know".formatted(kind));
    };
  }
}
