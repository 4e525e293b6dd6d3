"""Carries bytes over TCP connections that stay open, and compares every byte that arrives.

serve PORT                               in a pod
carry HOST PORT PAIRS RATE STATE         on the laptop: PAIRS connections each way, and one that talks,
                                         at RATE bytes/s together, 0 for all they can

STATE is written ten times a second, a line a connection: name, bytes that arrived and were right,
connections lost so far, wrong so far, why the last was lost.
"""

import itertools
import os
import random
import socket
import sys
import threading
import time

MARKER = b"THIS-IS-IN-CLEAR"  # what no capture outside the tunnel may show; every 64 bytes
CHUNK = 64 * 1024
STANDS_STILL = 150  # seconds after which a connection counts as lost; after a minute away TCP may wait another
# No power of two: bytes that are lost or repeated move what follows.
BLOCK = b"".join(MARKER + random.Random(i).randbytes(48) for i in range(15627))[:1_000_003]
TWICE = BLOCK + BLOCK[:CHUNK]


class Pace:
    """Lets so many bytes a second pass; time lost in an outage is not made up for."""

    def __init__(self, rate):
        self.rate = rate
        self.due = time.monotonic()

    def wait(self, size):
        if self.rate > 0:
            now = time.monotonic()
            self.due = max(self.due, now - 0.2) + size / self.rate
            if self.due > now:
                time.sleep(self.due - now)


def send_pattern(connection, rate):
    pace = Pace(rate)
    at = 0
    while True:
        connection.sendall(TWICE[at : at + CHUNK])
        at = (at + CHUNK) % len(BLOCK)
        pace.wait(CHUNK)


def compare_pattern(connection, count):
    """Ends at the end of the stream; count(bytes) hears what was right."""
    at = 0
    while data := connection.recv(CHUNK):
        if data != TWICE[at : at + len(data)]:
            raise ValueError("wrong bytes")
        at = (at + len(data)) % len(BLOCK)
        count(len(data))


def serve(connection):
    with connection:
        try:
            words = read_line(connection).split()
            if words[0] == "down":
                send_pattern(connection, float(words[1]))
            elif words[0] == "up":
                take(connection)
            else:
                while data := connection.recv(CHUNK):
                    connection.sendall(data)
        except (OSError, IndexError) as error:
            print(error, flush=True)


def take(connection):
    total = 0
    said = time.monotonic()

    def count(size):
        nonlocal total, said
        total += size
        if time.monotonic() - said > 0.05:
            said = time.monotonic()
            connection.sendall(b"%d\n" % total)

    try:
        compare_pattern(connection, count)
    except ValueError:
        connection.sendall(b"wrong\n")


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise OSError("closed by the other end")
        line += byte
    return line.decode()


class Connection:
    def __init__(self, kind, number, address, rate):
        self.name = f"{kind}{number}"
        self.kind = kind
        self.address = address
        self.rate = rate
        self.right = 0
        self.lost = 0
        self.wrong = 0
        self.why = ""
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                with socket.create_connection(self.address, 20) as connection:
                    connection.settimeout(STANDS_STILL)
                    getattr(self, self.kind)(connection)
                raise OSError("closed by the other end")
            except ValueError:
                self.wrong += 1
            except OSError as error:
                self.lost += 1
                self.why = str(error)
            time.sleep(0.5)

    def down(self, connection):
        connection.sendall(b"down %f\n" % self.rate)
        compare_pattern(connection, self.count)

    def count(self, size):
        self.right += size

    def up(self, connection):
        connection.sendall(b"up\n")
        ended = []

        def send():
            try:
                send_pattern(connection, self.rate)
            except OSError as error:
                ended.append(error)
                connection.close()

        threading.Thread(target=send, daemon=True).start()
        before = self.right
        while True:
            try:
                line = read_line(connection)
            except OSError as error:
                raise ended[0] if ended else error
            if line == "wrong\n":
                raise ValueError(line)
            self.right = before + int(line)

    def talk(self, connection):
        connection.sendall(b"talk\n")
        for i in itertools.count():
            line = f"line {i}\n"
            connection.sendall(line.encode())
            if read_line(connection) != line:
                raise ValueError(line)
            self.right += len(line)
            time.sleep(0.05)

    def state(self):
        return f"{self.name} {self.right} {self.lost} {self.wrong} {self.why}\n"


def listen(port):
    listener = socket.create_server(("", port), backlog=64)
    print("listening", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def carry(host, port, pairs, rate, state):
    each = rate / (2 * pairs)
    address = (host, port)
    connections = [Connection(k, i, address, each) for i in range(pairs) for k in ("up", "down")]
    connections.append(Connection("talk", "", address, 0))
    while True:
        with open(state + ".new", "w") as file:
            file.writelines(c.state() for c in connections)
        os.rename(state + ".new", state)
        time.sleep(0.1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        listen(int(sys.argv[2]))
    else:
        carry(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6])
