"""When a name leads to somebody who answers, and when it is gone again. Arguments: name, port.

Asks as every program does, by getaddrinfo and connect, again and again, with a new connection each 200 ms. Prints "asking", then "reached TIME" once a byte came back,
then "gone TIME" once the name resolves no longer; times in nanoseconds since 1970.
"""

import socket
import sys
import time

PAUSE = 0.005
PATIENCE = 0.2


def address(name, port):
    try:
        return socket.getaddrinfo(name, port, socket.AF_INET, socket.SOCK_STREAM)[0][4]
    except OSError:
        return None


def answers(to):
    try:
        with socket.create_connection(to, timeout=PATIENCE) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return len(connection.recv(1)) == 1
    except OSError:
        return False


def until(what, holds):
    while not holds():
        time.sleep(PAUSE)
    print(what, time.time_ns(), flush=True)


if __name__ == "__main__":
    name, port = sys.argv[1], int(sys.argv[2])
    print("asking", flush=True)
    until("reached", lambda: (to := address(name, port)) is not None and answers(to))
    until("gone", lambda: address(name, port) is None)
