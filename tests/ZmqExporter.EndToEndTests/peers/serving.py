"""A server on one socket, up to the end of its standard input: what the protocol peers share."""

import zmq

import control


def bind(kind):
    """Opens a socket and binds it to a free port of 127.0.0.1; returns it with the port."""
    socket = zmq.Context.instance().socket(kind)
    socket.linger = 0
    socket.sndhwm = 0  # a ROUTER drops in silence what exceeds it, and the probed side may be slow
    socket.bind("tcp://127.0.0.1:*")
    return socket, int(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])


def serve(kind, answer):
    """Calls answer(socket, frames) for each message that comes to a new socket of this kind."""
    serve_on(*bind(kind), answer)


def serve_on(socket, port, answer):
    """The same on a socket that is bound already."""
    control.ready(port)
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    while True:
        events = dict(poller.poll())
        if commands.fd in events:
            for command in commands.read():
                control.error(command)
        if socket in events:
            answer(socket, socket.recv_multipart())
