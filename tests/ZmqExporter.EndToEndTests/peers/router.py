"""A ROUTER server: sends every message back to its sender, frame for frame."""

import argparse

import zmq

import control
import security


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    security.add_arguments(parser)
    arguments = parser.parse_args()

    context = zmq.Context()
    socket = context.socket(zmq.ROUTER)
    socket.linger = 0
    security.secure(socket, context, arguments)
    socket.bind(f"tcp://127.0.0.1:{arguments.port or '*'}")
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    while True:
        events = dict(poller.poll())
        if commands.fd in events:
            for command in commands.read():
                control.error(command)
        elif socket in events:
            socket.send_multipart(socket.recv_multipart())


if __name__ == "__main__":
    main()
