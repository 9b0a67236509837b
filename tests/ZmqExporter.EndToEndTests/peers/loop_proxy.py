"""A proxy with two sides: XSUB/XPUB, PULL/PUSH or ROUTER/DEALER. It prints "back PORT" and then "ready PORT", and obeys commands:

healthy    passes everything on
drop N     loses each message whose number N divides
double     passes each message on twice
swap       passes messages on in pairs, the second one first
alter      changes the last byte of each message
slow N     passes each message on N milliseconds after it came
deaf       passes no subscriptions on from now on
hang       passes nothing on, while its I/O threads live
"""

import argparse
import time

import zmq

import control
import security

KINDS = {"pubsub": (zmq.XSUB, zmq.XPUB), "push_pull": (zmq.PULL, zmq.PUSH), "queue": (zmq.ROUTER, zmq.DEALER)}


class Proxy:
    """Passes messages from the front to the back, and the other way round as they are."""

    def __init__(self, front, back):
        self.front, self.back = front, back
        self.mode, self.every, self.count, self.held = "healthy", 0, 0, None

    def obey(self, command):
        self.mode, *rest = command.split()
        self.every = int(rest[0]) if rest else 0
        self.count, self.held, self.waiting = 0, None, []

    def due(self):
        """How long until a message that waits has to go on, in milliseconds; None when none waits."""
        return max(0, (self.waiting[0][0] - time.monotonic()) * 1000) if self.waiting else None

    def release(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            self.back.send_multipart(self.waiting.pop(0)[1])

    def forward(self):
        for _ in range(100):
            try:
                message = self.front.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self.pass_on(message)

    def pass_on(self, message):
        self.count += 1
        if self.mode == "slow":
            self.waiting.append((time.monotonic() + self.every / 1000, message))
            return
        if self.mode == "drop" and self.count % self.every == 0:
            return
        if self.mode == "swap" and self.held is None:
            self.held = message
            return
        if self.mode == "alter":
            message[-1] = message[-1][:-1] + b"!"
        self.back.send_multipart(message)
        if self.mode == "double":
            self.back.send_multipart(message)
        if self.held is not None:
            self.back.send_multipart(self.held)
            self.held = None

    def backward(self):
        message = self.back.recv_multipart()
        if self.mode != "deaf":
            self.front.send_multipart(message)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=KINDS, default="pubsub")
    parser.add_argument("--port", default="*")
    parser.add_argument("--return-port", default="*")
    parser.add_argument("--mode", default="healthy")
    security.add_arguments(parser)
    arguments = parser.parse_args()

    context = zmq.Context()
    front, back = (context.socket(kind) for kind in KINDS[arguments.kind])
    for socket, port in ((front, arguments.port), (back, arguments.return_port)):
        socket.linger = 0
        socket.sndhwm = socket.rcvhwm = 0
        (security.secure if socket is front else lambda to, _, given: security.configure(to, given))(socket, context, arguments)
        socket.bind(f"tcp://127.0.0.1:{port}")
    ports = [socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1] for socket in (front, back)]
    print(f"back {ports[1]}", flush=True)
    control.ready(ports[0])

    proxy = Proxy(front, back)
    proxy.obey(arguments.mode)
    commands = control.Control()
    poller = zmq.Poller()
    for waited in (commands.fd, front, back):
        poller.register(waited, zmq.POLLIN)
    while True:
        proxy.release()
        ready = dict(poller.poll(proxy.due()) if proxy.mode != "hang" else [(commands.fd, zmq.POLLIN)])
        if commands.fd in ready:
            for command in commands.read():
                proxy.obey(command)
                control.ok(command)
        if back in ready and arguments.kind != "push_pull":
            proxy.backward()
        if front in ready:
            proxy.forward()


if __name__ == "__main__":
    main()
