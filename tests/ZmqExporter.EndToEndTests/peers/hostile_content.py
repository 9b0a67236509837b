"""Says what no honest server says. Content that does harm to who looks into it, not protocol.

--kind rep      a REP server: the request is the name of a payload, or "fine"
--kind pub      a publisher that sends each payload under the topic "hostile", and what is fine under "fine", as fast as --rate a second
--rate N        messages a second

Payloads: see PAYLOADS; churn has other names each time.
"""

import argparse
import gzip
import itertools
import json
import random
import time
import zlib

import msgpack
import zmq

import control
import serving

ZEROS = bytes(64 << 20)
NESTED = 200_000
WIDE = b"[" + b",".join(random.Random(1).choices([b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"], k=2_000_000)) + b"]"  # just below 4 MiB

LABELS = [
    "line\nfeed\r\n# HELP hostile_forged_total x\nhostile_forged_total 1",
    'quote " backslash \\ brace } = ,',
    "nul \0 bell \a escape \x1b[31m",
    "bidi \u202e\u2066\u2069 zero\u200bwidth \ufeff",
    "emoji \U0001f600",
    "x" * 255 + "\U0001f600",  # a cut within it
    "x" * 255 + "\U0001f680",
    "long " + "y" * 1_000_000,
    "",
]

COUNT = itertools.count()


def churn():
    first = next(COUNT) * 50
    return json.dumps([{"n": f"job-{number}", "v": number} for number in range(first, first + 50)]).encode()


PAYLOADS = {
    "fine": b'{"a":1,"items":[{"n":"x","v":1}]}',
    "bomb_zlib": zlib.compress(ZEROS, 9),
    "bomb_gzip": gzip.compress(ZEROS, 9),
    "bomb_twice": zlib.compress(zlib.compress(ZEROS, 9)),
    "deep_json": b"[" * NESTED + b"]" * NESTED,
    "deep_msgpack": b"\x91" * NESTED + b"\xc0",
    "deep_cbor": b"\x81" * NESTED + b"\xf6",
    "long_msgpack": b"\xdf\xff\xff\xff\xff",
    "long_cbor": b"\xbb\x7f" + b"\xff" * 7,
    "utf8": b'{"a\xff":1}',
    "huge": b'{"a":1e400}',
    "digits": b'{"a":1' + b"0" * 5000 + b"}",
    "nan_msgpack": msgpack.packb({"a": float("nan")}),
    "nan_cbor": bytes.fromhex("a16161f97e00"),
    "truncated": b'{"a":1,"b":[',
    "twice": b'{"a":1,"a":2}',
    "zero": b'{"a":-0.0}',
    "labels": json.dumps([{"n": name, "v": number} for number, name in enumerate(LABELS)]).encode(),
    "many": zlib.compress(json.dumps([{"n": number, "v": 1} for number in range(100_000)]).encode()),
    "wide": zlib.compress(WIDE),
}


def payload(name):
    return churn() if name == "churn" else PAYLOADS.get(name, b"unknown")


def publish(rate):
    socket, port = serving.bind(zmq.PUB)
    socket.sndhwm = 100
    control.ready(port)
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    due = time.monotonic()
    for name in itertools.cycle([*PAYLOADS, "churn"]):
        if dict(poller.poll(max(0, (due - time.monotonic()) * 1000))):
            for command in commands.read():
                control.error(command)
        due += 1 / rate
        socket.send_multipart([b"hostile", payload(name)])
        socket.send_multipart([b"fine", PAYLOADS["fine"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["rep", "pub"], required=True)
    parser.add_argument("--rate", type=float, default=50)
    arguments = parser.parse_args()
    if arguments.kind == "pub":
        publish(arguments.rate)
    else:
        serving.serve(zmq.REP, lambda socket, frames: socket.send(payload(frames[0].decode())))


if __name__ == "__main__":
    main()
