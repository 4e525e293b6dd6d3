package dev.teletun.linux.netlink;

import java.io.IOException;

/** The kernel's message contradicts its own lengths, so nothing in it can be believed. */
public final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1;

  /** Says which length. */
  public MalformedMessageException(String what) {
    super(what + ". Please report this with the output of uname -r");
  }
}
