"""Sends UDP datagrams that an attacker without a key can make, below the IP stack, so that any
source is possible and no connection tracking of this host interferes.

Arguments: interface, PCAP, port of the server there, "server" or "client", whom to attack, then

shapes COUNT SEED RATE [PREFIX]  records of every bad shape, and what PCAP holds in this direction
                                 again; half of them from PREFIX, the rest from the peer's address
garbage COUNT RATE [PREFIX]      random bytes, from the same
replay OLD COUNT RATE PREFIX     what the capture OLD holds in this direction, of any of the peer's ports; half of
                                 it from PREFIX
flood COUNT RATE PREFIX          ClientHellos from PREFIX, each with another random

PCAP is of that interface and holds a handshake: it says who is attacked, as whom, and by which
hop. RATE is in datagrams a second. All carry DSCP 1, so that rules can tell them from others.
"""

import ipaddress
import itertools
import random
import socket
import struct
import sys
import time

MARK = b"TeleTUN-was-forged"
TOS = 1 << 2  # DSCP 1
LARGEST_FRAGMENT = 1424  # of an IPv4 packet on a pod network, a multiple of 8
BURST = 20
POOL = 50_000  # datagrams made before the first is sent; sent again when more are asked for

CCS, ALERT, HANDSHAKE, DATA, HEARTBEAT, CID = range(20, 26)
DTLS12, DTLS10 = 0xFEFD, 0xFEFF
LAST_SEQUENCE = (1 << 48) - 1


class Wire:
    """One flow in the direction of who is attacked."""

    def __init__(self, interface, towards, frame):
        self.to_server = towards == "server"
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        self.to = (interface, 0x0800, 0, 0, frame[:6])
        self.source, self.destination = frame[26:30], frame[30:34]
        at = 14 + 4 * (frame[14] & 15)
        self.port, self.destination_port = struct.unpack("!HH", frame[at : at + 4])

    def packets(self, payload, source=None, port=None):
        """The IPv4 packets of one datagram: more than one if it must be fragmented."""
        length = 8 + len(payload)
        udp = struct.pack("!HHHH", port or self.port, self.destination_port, length, 0) + payload
        whole = []
        for at in range(0, length, LARGEST_FRAGMENT):
            part = udp[at : at + LARGEST_FRAGMENT]
            more = 0x2000 if at + len(part) < length else 0
            whole.append(self.header(len(part), more | at // 8, source or self.source) + part)
        return whole

    def header(self, length, fragment, source):
        number = random.getrandbits(16) if fragment == 0 else 7
        head = struct.pack("!BBHHHBBH", 0x45, TOS, 20 + length, number, fragment, 64, 17, 0)
        return summed(head + source + self.destination)

    def send(self, datagrams, count, rate):
        """Sends so many at an even rate, however long that takes."""
        print("sending", flush=True)
        began = time.perf_counter()
        late, sent = 0.0, 0
        send, to = self.socket.sendto, self.to
        for packets in itertools.islice(itertools.cycle(datagrams), count):
            for packet in packets:
                send(packet, to)
            sent += 1
            if sent % BURST == 0:
                ahead = began + sent / rate - time.perf_counter()
                late = max(late, -ahead)
                if ahead > 0:
                    time.sleep(ahead)
        took = time.perf_counter() - began
        print(f"sent {sent} in {took:.2f} s, at most {late:.2f} s late", flush=True)


def summed(header):
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return header[:10] + struct.pack("!H", ~total & 0xFFFF) + header[12:]


def others(prefix):
    """Addresses of a prefix and ports, at random."""
    network = ipaddress.ip_network(prefix)
    first, last = int(network[1]), int(network[-2])
    while True:
        yield struct.pack("!I", random.randint(first, last)), random.randint(1024, 65535)


def frames(pcap):
    """Every frame in a capture that holds a UDP datagram over IPv4."""
    with open(pcap, "rb") as file:
        data = file.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8 : at + 12])[0]
        frame = data[at + 16 : at + 16 + size]
        at += 16 + size
        if frame[12:14] == b"\x08\x00" and frame[23] == 17:
            yield frame


def payload(frame):
    at = 14 + 4 * (frame[14] & 15)
    return frame[at + 8 : at + struct.unpack("!H", frame[at + 4 : at + 6])[0]]


def is_hello(datagram):
    return datagram[:1] == bytes([HANDSHAKE]) and datagram[13:14] == b"\x01"


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


def with_id(number, connection_id, body, length=None):
    """A record of RFC 9146: the connection ID stands before the length."""
    size = struct.pack("!H", len(body) if length is None else length)
    head = struct.pack("!BHH", CID, DTLS12, 1) + struct.pack("!Q", number)[2:]
    return head + connection_id + size + body


def endless(rng, packet, connection_id):
    """Bad records of the present epoch, and bytes of any kind."""
    while True:
        sealed = rng.randbytes(8) + packet + rng.randbytes(16)
        if connection_id:
            yield with_id(rng.getrandbits(20), connection_id, sealed)
            yield with_id(LAST_SEQUENCE - rng.getrandbits(8), connection_id, sealed)
        yield record(DATA, 1, rng.getrandbits(20), sealed)
        yield record(rng.choice([DATA, ALERT, HANDSHAKE]), 1, LAST_SEQUENCE - rng.getrandbits(8), sealed)
        yield record(rng.getrandbits(8), rng.choice([0, 1, 2, 65535]), rng.getrandbits(48), sealed)
        yield rng.randbytes(rng.randrange(1, 1400))


def fixed(rng, packet, connection_id):
    for size in range(41 if connection_id else 0):  # D1, with the right connection ID
        yield with_id(rng.getrandbits(24), connection_id, rng.randbytes(size))
        yield with_id(rng.getrandbits(24), connection_id, rng.randbytes(size), length=size + 1)
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


def id_in(datagrams):
    """The connection ID that records in this direction carry; empty if they carry none."""
    return next((d[11:19] for d in datagrams if d[:1] == bytes([CID])), b"")


def mixed(wire, datagrams, prefix):
    """Their packets: every other one's from the prefix, if there is one, the rest from the peer's address."""
    stranger = others(prefix) if prefix else None
    return [
        wire.packets(datagram, *(next(stranger) if stranger and number % 2 else ()))
        for number, datagram in enumerate(datagrams)
    ]


def shapes(wire, again, count, seed, rate, prefix=None):
    rng = random.Random(int(seed))
    packet = inner(wire.to_server)
    own = id_in(again)
    forged = itertools.chain(fixed(rng, packet, own), endless(rng, packet, own))
    chosen = list(itertools.islice(forged, min(int(count), POOL)))
    chosen += again  # D9, D11: hellos and the rest of the handshake are among them
    rng.shuffle(chosen)
    chosen += again
    wire.send(mixed(wire, chosen, prefix), max(int(count), len(chosen)), float(rate))


def garbage(wire, again, count, rate, prefix=None):
    some = (random.randbytes(random.randrange(1, 1400)) for _ in range(min(int(count), POOL)))
    wire.send(mixed(wire, some, prefix), int(count), float(rate))


def replay(wire, again, old, count, rate, prefix):
    recorded = [
        payload(f)
        for f in frames(old)
        if (f[26:30], f[30:34]) == (wire.source, wire.destination)
    ]
    if not recorded:
        raise SystemExit(f"{old} holds nothing in this direction")
    wire.send(mixed(wire, recorded, prefix), int(count), float(rate))


def flood(wire, again, count, rate, prefix):
    hello = next(d for d in again if is_hello(d))
    datagrams = []
    for source, port in itertools.islice(others(prefix), min(int(count), POOL)):
        other = hello[:27] + random.randbytes(32) + hello[59:]  # behind headers and version
        datagrams.append(wire.packets(other, source, port))
    wire.send(datagrams, int(count), float(rate))


def main(interface, pcap, port, towards, what, *more):
    hellos = [f for f in frames(pcap) if is_hello(payload(f))]
    to_server = [f for f in hellos if f[36:38] == struct.pack("!H", int(port))]
    if not to_server:
        raise SystemExit(f"{pcap} holds no ClientHello to port {port}")
    flow = to_server[-1][26:34], to_server[-1][34:38]
    if towards == "client":
        flow = flow[0][4:] + flow[0][:4], flow[1][2:] + flow[1][:2]
    mine = [f for f in frames(pcap) if (f[26:34], f[34:38]) == flow]
    if not mine:
        raise SystemExit(f"{pcap} holds nothing towards the {towards}")
    wire = Wire(interface, towards, mine[0])
    attacks = {"shapes": shapes, "garbage": garbage, "replay": replay, "flood": flood}
    attacks[what](wire, [payload(f) for f in mine], *more)


main(*sys.argv[1:])
