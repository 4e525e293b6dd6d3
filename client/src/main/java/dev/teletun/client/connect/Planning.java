package dev.teletun.client.connect;

/** What becomes of the changes to this host before they are made. */
public enum Planning {
  /** Nothing. */
  SILENT,
  /** They are said, then made. */
  SAID,
  /** They are said and not made: the client ends instead. */
  ONLY
}
