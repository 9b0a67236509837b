"""Publishes as Bitcoin Core, vLLM, Monero, circus and ipyparallel do: a message every 50 ms.

--kind ...       whose messages, see message()
--broken frames  without the last frame, or with one more where there is one alone
--broken silent                      nothing at all
"""

import argparse
import json
import struct
import time

import zmq

import control
import serving

INTERVAL_MS = 50
HASH = bytes(range(32))


def message(kind, number):
    if kind == "vllm":
        # MessagePack of {"ts": now, "events": []}
        return [b"", struct.pack(">Q", number), b"\x82\xa2ts\xcb" + struct.pack(">d", time.time()) + b"\xa6events\x90"]
    if kind == "monero_blocks":
        return [b"json-minimal-chain_main:" + json.dumps({"first_height": number, "first_prev_id": "00", "ids": ["01"]}).encode()]
    if kind == "monero_txpool":
        return [b"json-minimal-txpool_add:" + json.dumps([{"id": "e7", "blob_size": 2166, "weight": 2166, "fee": 2605200000}]).encode()]
    if kind == "circus":  # of a process, of its watcher, and of the sockets by turns
        process = {"cpu": 90.5, "mem": 0.5, "age": 7.5, "pid": 10409, "subtopic": 10409, "name": None}
        watcher = {"pid": [10409], "cpu": 0.5, "mem": 0.012, "age": 5.5}
        return [
            [b"stat.my.app.10409", json.dumps(process).encode()],
            [b"stat.my.app", json.dumps(watcher).encode()],
            [b"stat.sockets", json.dumps({"addresses": [], "reads": 0}).encode()],
        ][number % 3]
    if kind == "ipyparallel":
        return [str(3.0 * number + 0.25).encode()]
    body = HASH if kind == "hashblock" else HASH + b"A" + struct.pack("<Q", number)
    return [kind.encode(), body, struct.pack("<I", number)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["hashblock", "sequence", "vllm", "monero_blocks", "monero_txpool", "circus", "ipyparallel"], required=True)
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
            socket.send_multipart((frames[:-1] or [*frames, b"x"]) if arguments.broken == "frames" else frames)
            number += 1


if __name__ == "__main__":
    main()
