"""The services of the lab's pods. Arguments: web or echo, name of the host, port.

web:  GET /             one line: who answers, and for whom
      GET /bytes/N      N bytes, the same every time
      GET /sha256/N     their SHA-256 as hex
      PUT /anything     the SHA-256 of what was sent
echo: TCP and UDP, what comes in goes out
"""

import hashlib
import http.server
import itertools
import random
import socket
import sys
import threading

BLOCK = random.Random(84).randbytes(1 << 20)


def blocks(size):
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        what, _, size = self.path.strip("/").partition("/")
        if what == "bytes" and size.isdigit():
            self.answer(int(size), blocks(int(size)))
        elif what == "sha256" and size.isdigit():
            self.answer_text(digest(blocks(int(size))))
        elif what == "":
            self.answer_text(f"{self.server.host} serves {plain(self.client_address[0])}")
        else:
            self.send_error(404)

    def do_PUT(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        length = int(self.headers["Content-Length"])
        self.answer_text(digest(self.body(length)))

    def body(self, length):
        while length > 0:
            part = self.rfile.read(min(length, len(BLOCK)))
            if not part:
                return
            length -= len(part)
            yield part

    def answer_text(self, text):
        line = (text + "\n").encode()
        self.answer(len(line), [line])

    def answer(self, length, parts):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        for part in parts:
            self.wfile.write(part)


class DualStackServer(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socket.socket.bind(self.socket, self.server_address)  # without asking who we are by DNS


def digest(parts):
    sha256 = hashlib.sha256()
    for part in parts:
        sha256.update(part)
    return sha256.hexdigest()


def plain(address):
    return address.removeprefix("::ffff:")


def web(host, port):
    server = DualStackServer(("::", port), Web)
    server.host = host
    server.serve_forever()


def echo(port):
    datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    # Answers leave from the address that was asked: a pod may have more than one.
    datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    datagrams.bind(("::", port))
    threading.Thread(target=echo_datagrams, args=(datagrams,), daemon=True).start()
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=echo_stream, args=(connection,), daemon=True).start()


def echo_datagrams(datagrams):
    for _ in itertools.count():
        data, ancillary, _, peer = datagrams.recvmsg(65535, 256)
        try:
            datagrams.sendmsg([data], ancillary, 0, peer)
        except OSError as error:
            print("udp", peer, error, flush=True)


def echo_stream(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except OSError as error:
            print("tcp", error, flush=True)


if __name__ == "__main__":
    kind, name, number = sys.argv[1:]
    if kind == "web":
        web(name, int(number))
    else:
        echo(int(number))
