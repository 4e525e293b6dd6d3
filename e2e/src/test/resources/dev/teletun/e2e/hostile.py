"""Sends UDP datagrams that an attacker without a key can make, below the IP stack, so that any
source is possible and no connection tracking of this host interferes.

Arguments: interface, next hop, source, source port, destination, destination port, then

shapes COUNT SEED PCAP  records of every bad shape, and what PCAP holds in this direction again
flood COUNT PCAP        the first ClientHello of PCAP from COUNT source ports
"""

import ipaddress
import itertools
import random
import socket
import struct
import sys
import time

MARK = b"TeleTUN-was-forged"
LARGEST_FRAGMENT = 1480  # of an IPv4 packet, a multiple of 8
PER_BURST, PAUSE_S = 20, 0.004  # slower than any socket's buffer fills

CCS, ALERT, HANDSHAKE, DATA, HEARTBEAT, CID = range(20, 26)
DTLS12, DTLS10 = 0xFEFD, 0xFEFF
LAST_SEQUENCE = (1 << 48) - 1


class Wire:
    def __init__(self, interface, hop, source, port, destination, destination_port):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        self.to = (interface, 0x0800, 0, 0, hardware(hop))
        self.source, self.port = ipaddress.ip_address(source).packed, int(port)
        self.destination = ipaddress.ip_address(destination).packed
        self.destination_port = int(destination_port)
        self.sent = 0

    def send(self, payload, port=None):
        length = 8 + len(payload)
        udp = struct.pack("!HHHH", port or self.port, self.destination_port, length, 0) + payload
        for at in range(0, length, LARGEST_FRAGMENT):
            part = udp[at : at + LARGEST_FRAGMENT]
            more = 0x2000 if at + len(part) < length else 0
            self.socket.sendto(self.header(len(part), more | at // 8) + part, self.to)
        self.sent += 1
        if self.sent % PER_BURST == 0:
            time.sleep(PAUSE_S)

    def header(self, length, fragment):
        head = struct.pack(
            "!BBHHHBBH", 0x45, 0, 20 + length, self.sent & 0xFFFF, fragment, 64, 17, 0
        )
        head += self.source + self.destination
        total = sum(struct.unpack("!10H", head))
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        return head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:]


def hardware(address):
    with open("/proc/net/arp") as table:
        for line in table:
            words = line.split()
            if words[0] == address:
                return bytes.fromhex(words[3].replace(":", ""))
    raise SystemExit(f"{address} is no neighbour: ping it first")


def datagrams(pcap):
    """Ports and payload of every UDP datagram over IPv4 in a capture of Ethernet frames."""
    with open(pcap, "rb") as file:
        data = file.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8 : at + 12])[0]
        frame = data[at + 16 : at + 16 + size]
        at += 16 + size
        if frame[12:14] == b"\x08\x00" and frame[23] == 17:
            udp = frame[14 + 4 * (frame[14] & 15) :]
            source, destination, length = struct.unpack("!HHH", udp[:6])
            yield source, destination, udp[8:length]


def record(kind, epoch, sequence, body, version=DTLS12, length=None):
    size = len(body) if length is None else length
    return struct.pack("!BHHQH", kind, version, epoch, sequence, size)[:5] + (
        struct.pack("!Q", sequence)[2:] + struct.pack("!H", size) + body
    )


def message(kind, total, number, offset, part):
    three = lambda n: struct.pack("!I", n)[1:]
    return bytes([kind]) + three(total) + struct.pack("!H", number) + three(offset) + three(
        len(part)
    ) + part


def inner(to_server):
    """A packet that a TUN would take, so that it shows if one does."""
    p, other = ipaddress.ip_address("10.244.0.3").packed, ipaddress.ip_address("10.244.0.7").packed
    addresses = p + other if to_server else other + p
    udp = struct.pack("!HHHH", 4444, 9, 8 + len(MARK), 0) + MARK
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack("!H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF) + head[12:] + udp


def endless(rng, packet):
    """Bad records of the present epoch, and bytes of any kind."""
    while True:
        sealed = rng.randbytes(8) + packet + rng.randbytes(16)
        yield record(DATA, 1, rng.getrandbits(20), sealed)
        yield record(rng.choice([DATA, ALERT, HANDSHAKE]), 1, LAST_SEQUENCE - rng.getrandbits(8), sealed)
        yield record(rng.getrandbits(8), rng.choice([0, 1, 2, 65535]), rng.getrandbits(48), sealed)
        yield rng.randbytes(rng.randrange(1, 1400))


def fixed(rng, packet):
    for kind in [*range(CCS, CID + 1), 0, 255]:  # D1
        for size in range(41):
            yield record(kind, 1, rng.getrandbits(24), rng.randbytes(size))
    for kind in range(CCS, CID + 1):  # D2
        body = rng.randbytes(8) + packet + rng.randbytes(16)
        for epoch in (0, 1, 2, 65535):
            for version in (DTLS12, DTLS10, 0x0303, 0):
                for sequence in (0, 1 << 20, LAST_SEQUENCE):
                    yield record(kind, epoch, sequence, body, version)
        yield record(kind, 1, 9, body, length=len(body) + 1)
        yield record(kind, 1, 9, body, length=65535)
        yield record(kind, 1, 9, body, length=0)
        yield record(kind, 1, 9, body) + b"x"
        yield record(kind, 1, 9, body) + record(kind, 1, 10, body)
        yield record(DATA, 0, 9, packet)
    for size in (0, 1, 12, 13, 14, 65507):
        yield rng.randbytes(size)
    yield record(DATA, 1, 11, rng.randbytes(65507 - 13))
    yield packet
    for code in range(256):  # D3
        yield record(ALERT, 0, 100 + code, bytes([2, code]))
        yield record(ALERT, 0, 400 + code, bytes([1, code]))
    for kind in range(32):  # D4
        yield record(HANDSHAKE, 0, 700 + kind, message(kind, 0, 0, 0, b""))
        yield record(HANDSHAKE, 0, 800 + kind, message(kind, 40, kind, 0, rng.randbytes(40)))
    for value in range(256):
        yield record(CCS, 0, 900 + value, bytes([value]))
    for number in range(64):  # D5
        yield record(HANDSHAKE, 0, 1200 + number, message(11, 0xFFFFFF, number, 0, b"x"))
        yield record(HANDSHAKE, 0, 1300 + number, message(11, 0xFFFFFF, number, 0xFFFFFE, b"x"))
    for at in reversed(range(0, 8000, 16)):  # D6
        yield record(HANDSHAKE, 0, 2000 + at, message(11, 8000, 3, at, rng.randbytes(16)))
        yield record(HANDSHAKE, 0, 2001 + at, message(12, 7000, 3, at // 2, rng.randbytes(48)))
    yield record(HEARTBEAT, 0, 5000, b"\x01\xff\xff" + rng.randbytes(16))  # D12


def shapes(wire, count, seed, pcap):
    rng = random.Random(int(seed))
    packet = inner(to_server=wire.destination_port == 30555)
    here = (wire.port, wire.destination_port)
    again = [d for source, destination, d in datagrams(pcap) if (source, destination) == here]
    if not again:
        raise SystemExit(f"{pcap} holds nothing from port {here[0]} to port {here[1]}")
    chosen = list(itertools.islice(itertools.chain(fixed(rng, packet), endless(rng, packet)), int(count)))
    chosen += again  # D9, D11: hellos and the rest of the handshake are among them
    rng.shuffle(chosen)
    for datagram in chosen + again:
        wire.send(datagram)


def flood(wire, count, pcap):
    hello = next(d for _, _, d in datagrams(pcap) if d[:1] == bytes([HANDSHAKE]) and d[13] == 1)
    for number in range(int(count)):
        wire.send(hello, port=10000 + number)


def main(interface, hop, source, port, destination, destination_port, what, *more):
    wire = Wire(interface, hop, source, port, destination, destination_port)
    {"shapes": shapes, "flood": flood}[what](wire, *more)
    print("sent", wire.sent, flush=True)


main(*sys.argv[1:])
