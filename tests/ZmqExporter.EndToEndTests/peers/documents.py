"""Says how it is doing, in one of several formats: answers every request, or publishes every 20 ms.

--kind rep | pub                                     a REP server, or a publisher under the topics status.a and status.b by turns
--form json | msgpack | cbor | zlib | binary         how what it says is written
--lose N                                             of N messages in one channel one is numbered and not sent

What it says: {"queue": {"depth": 7}, "load": 0.5, "n": 1, "channel": "a", "at": <ms since 1970>, "workers": [{"name": "w1", "busy": 3}, ..]}
"""

import argparse
import json
import struct
import time
import zlib

import msgpack
import zmq

import control
import serving


def status(channel, number):
    return {
        "queue": {"depth": 7},
        "load": 0.5,
        "n": number,
        "channel": channel,
        "at": int(time.time() * 1000),
        "workers": [{"name": "w1", "busy": 3}, {"name": "w2", "busy": 4}],
    }


def cbor(value):
    """As much of RFC 8949 as this needs."""

    def head(major, count):
        return struct.pack(">BQ", (major << 5) | 27, count)

    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(cbor(item) for item in value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    return head(0, value)


def frame(form, said):
    if form == "json":
        return json.dumps(said).encode()
    if form == "msgpack":
        return msgpack.packb(said)
    if form == "cbor":
        return cbor(said)
    if form == "zlib":
        return zlib.compress(json.dumps(said).encode())
    return struct.pack(">2sIfQ", b"v1", said["queue"]["depth"], said["load"], said["n"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["rep", "pub"], required=True)
    parser.add_argument("--form", choices=["json", "msgpack", "cbor", "zlib", "binary"], required=True)
    parser.add_argument("--lose", type=int, default=0)
    arguments = parser.parse_args()

    socket, port = serving.bind(zmq.REP if arguments.kind == "rep" else zmq.PUB)
    control.ready(port)
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    if arguments.kind == "rep":
        poller.register(socket, zmq.POLLIN)
    number = 0
    while True:
        events = dict(poller.poll(20))
        if commands.fd in events:
            for command in commands.read():
                control.error(command)
        if arguments.kind == "rep":
            if socket in events:
                socket.recv_multipart()
                number += 1
                socket.send(frame(arguments.form, status("a", number)))
            continue
        number += 1
        if arguments.lose and number % arguments.lose == 0:
            continue
        for channel in "ab":
            socket.send_multipart([b"status." + channel.encode(), frame(arguments.form, status(channel, number))])


if __name__ == "__main__":
    main()
