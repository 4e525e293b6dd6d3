package dev.teletun.client.connect;

/** Hears what a long bring-up does. Called on the thread that brings up, but for {@link #event}. */
public interface Progress {
  /** Begins a step, in words such as "reaching 10.0.0.1:5555". */
  void step(String what);

  /** The step begun last is done; {@code what} is its outcome. */
  void done(String what);

  /** Something works less well than it should; {@code what} says why and what to do. */
  void warn(String what);

  /** Something happened to a connection that stands, such as that it is interrupted. Any thread. */
  void event(String what);
}
