package dev.teletun.client.cluster.pair;

/** Hears what a long piece of work does. Called on the thread that works. */
public interface Steps {
  /** Begins a step, in words such as "reaching 10.0.0.1:5555". */
  void step(String what);

  /** The step begun last is done; {@code what} is its outcome. */
  void done(String what);

  /** Something works less well than it should; {@code what} says why and what to do. */
  void warn(String what);
}
