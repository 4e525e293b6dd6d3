package dev.teletun.client.cluster.prefix;

/**
 * Something that the cluster says and that is not believed.
 *
 * @param what and of which object
 */
public record Skipped(String what, String why) {
  @Override
  public String toString() {
    return what + " " + why;
  }
}
