"""A name server that answers each query three seconds after it came, over UDP: TXT with "slow", and no data of other types."""

import socket
import threading

PATIENCE = 3

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 53))


def answer(query, client):
    end = query.index(b"\0", 12) + 5
    text = query[end - 4 : end - 2] == b"\0\x10"
    header = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if text else b"\0\0") + b"\0\0\0\0"
    record = b"\xc0\x0c\0\x10\0\1\0\0\0\0\0\5\4slow" if text else b""
    server.sendto(header + query[12:end] + record, client)


while True:
    query, client = server.recvfrom(4096)
    threading.Timer(PATIENCE, answer, (query, client)).start()
