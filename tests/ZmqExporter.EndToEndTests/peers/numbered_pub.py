"""Publishes as Bitcoin Core and vLLM do: three frames every 50 ms, numbered from 0 for the one topic.

--kind hashblock | sequence | vllm   whose messages
--broken frames                      without the number
--broken silent                      nothing at all
"""

import argparse
import struct

import zmq

import control
import serving

INTERVAL_MS = 50
HASH = bytes(range(32))


def message(kind, number):
    if kind == "vllm":
        return [b"", struct.pack(">Q", number), b"\x92\xcb" + struct.pack(">d", 1.0) + b"\x90"]  # MessagePack of [1.0, []]
    body = HASH if kind == "hashblock" else HASH + b"A" + struct.pack("<Q", number)
    return [kind.encode(), body, struct.pack("<I", number)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["hashblock", "sequence", "vllm"], required=True)
    parser.add_argument("--broken", choices=["frames", "silent"])
    arguments = parser.parse_args()

    socket, port = serving.bind(zmq.PUB)
    control.ready(port)
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    number = 0
    while True:
        if dict(poller.poll(INTERVAL_MS)):
            for command in commands.read():
                control.error(command)
        elif arguments.broken != "silent":
            frames = message(arguments.kind, number)
            socket.send_multipart(frames[:2] if arguments.broken == "frames" else frames)
            number += 1


if __name__ == "__main__":
    main()
