package dev.teletun.client.dns.stub;

/** What becomes of a query. Called on the loop's thread, once; for a zone transfer more often. */
interface Outcome {

  /**
   * An answer came.
   *
   * @param message complete, with the id of the query that was asked; the callee's to keep
   */
  void answered(byte[] message);

  /** No answer will come (any more). */
  void unanswered(Why why);

  /** Reasons for no answer. */
  enum Why {
    /** Nothing came in time. */
    TIMEOUT,
    /** The network or the server's host said no. */
    UNREACHABLE,
    /** The server closed the connection. */
    CLOSED,
    /** Too many queries are in flight, or the stub ends. */
    DROPPED
  }
}
