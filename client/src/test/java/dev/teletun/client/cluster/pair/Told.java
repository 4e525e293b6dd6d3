package dev.teletun.client.cluster.pair;

import java.util.ArrayList;
import java.util.List;

/** What a user was told. */
final class Told implements Steps {
  final List<String> steps = new ArrayList<>();
  final List<String> outcomes = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();

  @Override
  public void step(String what) {
    steps.add(what);
  }

  @Override
  public void done(String what) {
    outcomes.add(what);
  }

  @Override
  public void warn(String what) {
    warnings.add(what);
  }
}
