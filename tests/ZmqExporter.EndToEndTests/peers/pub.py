"""A publisher: [topic, sequence as 4 bytes little-endian] every 50 ms.

Commands on standard input:
  pause   it falls silent
  resume  it publishes again
"""

import argparse
import struct

import zmq

import control

INTERVAL_MS = 50


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--topic", default="tick")
    arguments = parser.parse_args()

    socket = zmq.Context().socket(zmq.PUB)
    socket.linger = 0
    socket.bind(f"tcp://127.0.0.1:{arguments.port or '*'}")
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    sequence, paused = 0, False
    while True:
        if dict(poller.poll(INTERVAL_MS)):
            for command in commands.read():
                if command in ("pause", "resume"):
                    paused = command == "pause"
                    control.ok(command)
                else:
                    control.error(command)
        elif not paused:
            socket.send_multipart([arguments.topic.encode(), struct.pack("<I", sequence)])
            sequence = (sequence + 1) % 2**32


if __name__ == "__main__":
    main()
