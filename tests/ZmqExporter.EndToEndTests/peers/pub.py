"""A publisher: [topic, sequence as 4 bytes little-endian] every 50 ms (--every), for each topic with a sequence of its own.

With --stamp there are two frames more: the time in milliseconds as text, and a body. With --welcome TEXT it is an XPUB that greets
each subscriber with that message, whatever its topics.

Commands on standard input:
  pause      it falls silent
  resume     it publishes again
  skip N     N numbers of each sequence are never sent
  reset      each sequence begins at 0 again
  say TEXT   the body from now on
  age MS     messages claim to have been sent that long ago
"""

import argparse
import struct
import time

import zmq

import control
import security

INTERVAL_MS = 50


class Publisher:
    """What the commands change."""

    def __init__(self, topics):
        self.numbers = dict.fromkeys(topics, 0)
        self.paused = False
        self.body = "ok"
        self.age = 0

    def obey(self, command):
        """Carries out a command; false when it is unknown."""
        word, _, argument = command.partition(" ")
        if word in ("pause", "resume"):
            self.paused = word == "pause"
        elif word == "skip":
            self.numbers = {topic: number + int(argument) for topic, number in self.numbers.items()}
        elif word == "reset":
            self.numbers = dict.fromkeys(self.numbers, 0)
        elif word == "say":
            self.body = argument
        elif word == "age":
            self.age = int(argument)
        else:
            return False
        return True

    def publish(self, socket, stamp):
        """Sends one message for each topic."""
        for topic, number in self.numbers.items():
            frames = [topic.encode(), struct.pack("<I", number)]
            if stamp:
                sent = time.time_ns() // 1_000_000 - self.age
                frames += [str(sent).encode(), self.body.encode()]
            socket.send_multipart(frames)
            self.numbers[topic] = (number + 1) % 2**32


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--topic", action="append")
    parser.add_argument("--every", type=int, default=INTERVAL_MS, metavar="MS")
    parser.add_argument("--stamp", action="store_true")
    parser.add_argument("--welcome")
    security.add_arguments(parser)
    arguments = parser.parse_args()

    context = zmq.Context()
    socket = context.socket(zmq.XPUB if arguments.welcome else zmq.PUB)
    socket.linger = 0
    if arguments.welcome:
        socket.setsockopt(zmq.XPUB_WELCOME_MSG, arguments.welcome.encode())
    security.secure(socket, context, arguments)
    socket.bind(f"tcp://127.0.0.1:{arguments.port or '*'}")
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    publisher = Publisher(arguments.topic or ["tick"])
    while True:
        if dict(poller.poll(arguments.every)):
            for command in commands.read():
                (control.ok if publisher.obey(command) else control.error)(command)
        elif not publisher.paused:
            publisher.publish(socket, arguments.stamp)


if __name__ == "__main__":
    main()
