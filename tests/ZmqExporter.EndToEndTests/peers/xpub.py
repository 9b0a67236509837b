"""An XPUB that prints what it sees of its subscribers, "got HEX" for each message, and sends "TOPIC" to each new subscription."""

import argparse

import zmq

import control
import security


def main():
    parser = argparse.ArgumentParser()
    security.add_arguments(parser)
    arguments = parser.parse_args()

    context = zmq.Context()
    socket = context.socket(zmq.XPUB)
    socket.linger = 0
    socket.xpub_verbose = True
    security.secure(socket, context, arguments)
    socket.bind("tcp://127.0.0.1:*")
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    while True:
        ready = dict(poller.poll())
        if commands.fd in ready:
            for command in commands.read():
                control.error(command)
        if socket in ready:
            message = socket.recv()
            print(f"got {message.hex()}", flush=True)
            if message[:1] == b"\1":
                socket.send(message[1:])


if __name__ == "__main__":
    main()
