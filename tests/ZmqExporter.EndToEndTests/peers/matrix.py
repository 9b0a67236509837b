"""Many servers in one process: for each KIND:MECHANISM:ENDPOINT among the arguments a socket, such as rep:curve:tcp://127.0.0.1:*.

REP and ROUTER send back what they get; PUB and XPUB send the message "tick" ten times a second; the others do nothing beyond what
libzmq does by itself. Before its "ready 0" line it prints "bound NUMBER ENDPOINT" for each socket.
"""

import argparse
import types

import zmq

import control
import security

INTERVAL_MS = 100


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sockets", nargs="+")
    parser.add_argument("--plain", required=True)
    parser.add_argument("--curve", required=True)
    parser.add_argument("--allow", required=True)
    arguments = parser.parse_args()

    # A ZAP handler serves a context, and each mechanism needs one of its own. The client gets no name: with one, libzmq 4.3.4 hands
    # it to a REQ socket as if it were part of a reply, and closes the connection at the first frame, whoever sends it.
    contexts = {mechanism: zmq.Context() for mechanism in ("null", "plain", "curve")}
    security.allow_user(contexts["plain"], arguments.plain, user=b"")
    security.allow_client(contexts["curve"], arguments.allow, user=b"")

    poller = zmq.Poller()
    publishers, keep = [], []
    for number, text in enumerate(arguments.sockets):
        kind, mechanism, endpoint = text.split(":", 2)
        socket = contexts[mechanism].socket(getattr(zmq, kind.upper()))
        socket.linger = 0
        socket.ipv6 = "[" in endpoint
        credentials = {name: getattr(arguments, name) if name == mechanism else None for name in ("plain", "curve")}
        security.configure(socket, types.SimpleNamespace(zap=None, **credentials))
        socket.bind(endpoint)
        if kind in ("rep", "router"):
            poller.register(socket, zmq.POLLIN)
        if kind in ("pub", "xpub"):
            publishers.append(socket)
        keep.append(socket)
        print(f"bound {number} {socket.last_endpoint.decode().rstrip(chr(0))}", flush=True)

    control.ready(0)
    commands = control.Control()
    poller.register(commands.fd, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll(INTERVAL_MS):
            if socket == commands.fd:
                for command in commands.read():
                    control.error(command)
            else:
                socket.send_multipart(socket.recv_multipart())
        for socket in publishers:
            socket.send(b"tick")


if __name__ == "__main__":
    main()
