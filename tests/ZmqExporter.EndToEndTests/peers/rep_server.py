"""A REP server: "pong" to "ping", "unknown" to the rest.

Commands on standard input:
  hang        the application stops reading; libzmq's I/O thread lives on
  resume      it reads again
  delay MS    each answer waits so long
  once MS     only the next answer waits so long
  reply TEXT  TEXT is the answer to everything
  old N       requests are numbers: "old" to those up to N, "pong" to the others
"""

import argparse
import time

import zmq

import control
import security


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bind", metavar="ENDPOINT", help="instead of a port of 127.0.0.1; it then prints \"ready 0\" for an ipc endpoint")
    security.add_arguments(parser)
    arguments = parser.parse_args()

    context = zmq.Context()
    socket = context.socket(zmq.REP)
    socket.linger = 0
    security.secure(socket, context, arguments)
    socket.ipv6 = bool(arguments.bind)
    socket.bind(arguments.bind or f"tcp://127.0.0.1:{arguments.port or '*'}")
    endpoint = socket.last_endpoint.decode().rstrip("\0")
    control.ready(endpoint.rsplit(":", 1)[1] if endpoint.startswith("tcp:") else 0)
    serve(socket)


def serve(socket):
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    delay, once, fixed, hung, old = 0.0, 0.0, None, False, None
    while True:
        events = dict(poller.poll())
        if commands.fd in events:
            for command in commands.read():
                word, _, rest = command.partition(" ")
                if word == "hang" and not hung:
                    poller.unregister(socket)
                    hung = True
                elif word == "resume" and hung:
                    poller.register(socket, zmq.POLLIN)
                    hung = False
                elif word == "delay":
                    delay = float(rest) / 1000
                elif word == "once":
                    once = float(rest) / 1000
                elif word == "reply":
                    fixed = rest.encode()
                elif word == "old":
                    old = int(rest)
                else:
                    control.error(command)
                    continue
                control.ok(command)
        elif socket in events:
            request = socket.recv_multipart()
            time.sleep(delay + once)
            once = 0.0
            if old is not None:
                socket.send(b"old" if int(request[0]) <= old else b"pong")
                continue
            socket.send(fixed if fixed is not None else b"pong" if request == [b"ping"] else b"unknown")


if __name__ == "__main__":
    main()
