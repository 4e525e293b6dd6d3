"""Sends numbered datagrams to a peer, and notes which arrive from it and when. Arguments: peer, port, pause in ms, file.

FILE gets a line for each: "s NUMBER NANOS" when one is sent, "r NUMBER NANOS" when one arrives, on the clock of
CLOCK_MONOTONIC, which all hosts of the lab share. A pause of 0 sends nothing.
"""

import selectors
import socket
import sys
import time

peer, port, pause, path = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000, sys.argv[4]
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("", port))
datagrams.setblocking(False)
ready = selectors.DefaultSelector()
ready.register(datagrams, selectors.EVENT_READ)
number = 0
due = time.monotonic()
with open(path, "w", buffering=1) as notes:
    print("flowing", flush=True)
    while True:
        if ready.select(max(0, due - time.monotonic()) if pause else 1):
            try:
                while data := datagrams.recv(2000):
                    notes.write(f"r {int(data)} {time.monotonic_ns()}\n")
            except OSError:
                pass  # no more, or what ICMP said of an earlier one
        if pause and time.monotonic() >= due:
            due += pause
            notes.write(f"s {number} {time.monotonic_ns()}\n")
            try:
                datagrams.sendto(b"%d" % number, (peer, port))
            except OSError:
                pass  # no way there now: it counts as sent
            number += 1
