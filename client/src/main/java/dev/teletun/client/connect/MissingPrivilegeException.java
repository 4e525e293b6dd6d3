package dev.teletun.client.connect;

import java.io.IOException;

/** This process may not change the host's network; nothing was tried. */
public final class MissingPrivilegeException extends IOException {
  private static final long serialVersionUID = 1;

  MissingPrivilegeException() {
    super(
        "a device, addresses and routes need CAP_NET_ADMIN, which this process does not have; nobody"
            + " was dialled, and this host was not changed");
  }
}
