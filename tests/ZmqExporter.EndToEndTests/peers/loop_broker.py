"""A Majordomo broker without workers of its own, after RFC 7 (--version 1) and RFC 18 (--version 2). It prints what workers say to it, and obeys:

healthy    registers and routes
hang       reads nothing any more, while its I/O thread lives
forget     ends the next registration at once with DISCONNECT
lose       ends no registration, and keeps none
mute       routes requests, and no replies
no_mmi     answers no mmi.service
"""

import argparse

import zmq

import control

NAMES = {1: {"ready": b"\1", "request": b"\2", "reply": b"\3", "heartbeat": b"\4", "disconnect": b"\5"},
         2: {"ready": b"\1", "request": b"\2", "reply": b"\4", "heartbeat": b"\5", "disconnect": b"\6"}}


class Broker:
    """Knows one worker for each service, and the requests that wait for one."""

    def __init__(self, socket, version):
        self.socket, self.version, self.mode = socket, version, "healthy"
        self.commands = NAMES[version]
        self.client_header, self.worker_header = (b"MDPC01", b"MDPW01") if version == 1 else (b"MDPC02", b"MDPW02")
        self.start = [b""] if version == 1 else []
        self.workers, self.services, self.waiting = {}, {}, {}

    def on_message(self, frames):
        sender, rest = frames[0], frames[1:]
        if self.version == 1:
            assert rest.pop(0) == b"", frames
        header = rest.pop(0)
        if header == self.worker_header:
            self.on_worker(sender, rest[0], rest[1:])
        elif header == self.client_header:
            if self.version == 2:
                assert rest.pop(0) == b"\1", frames
            self.on_client(sender, rest[0], rest[1:])
        else:
            raise AssertionError(frames)

    def on_worker(self, worker, command, rest):
        name = next(name for name, value in self.commands.items() if value == command)
        print(f"worker {name}", flush=True)
        if name == "ready":
            if worker in self.workers:
                raise AssertionError("a further READY on one connection")
            if self.mode == "forget":
                self.mode = "healthy"
                self.socket.send_multipart([worker, *self.start, self.worker_header, self.commands["disconnect"]])
            elif self.mode != "lose":
                self.workers[worker], self.services[rest[0]] = rest[0], worker
                for client, body in self.waiting.pop(rest[0], []):
                    self.dispatch(client, rest[0], body)
        elif name == "reply":
            assert rest[1] == b"", rest
            if self.mode != "mute":
                self.reply(rest[0], self.workers[worker], rest[2:])
        elif name == "disconnect":
            self.services.pop(self.workers.pop(worker, None), None)

    def on_client(self, client, service, body):
        if service == b"mmi.service":
            if self.mode != "no_mmi":
                self.reply(client, service, [b"200" if body[0] in self.services else b"404"])
        elif service in self.services:
            self.dispatch(client, service, body)
        else:
            self.waiting.setdefault(service, []).append((client, body))

    def dispatch(self, client, service, body):
        head = [self.services[service], *self.start, self.worker_header]
        self.socket.send_multipart([*head, self.commands["heartbeat"]])
        self.socket.send_multipart([*head, self.commands["request"], client, b"", *body])

    def reply(self, client, service, body):
        kind = [] if self.version == 1 else [b"\3"]
        self.socket.send_multipart([client, *self.start, self.client_header, *kind, service, *body])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", type=int, choices=NAMES, default=1)
    parser.add_argument("--mode", default="healthy")
    arguments = parser.parse_args()

    socket = zmq.Context().socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind("tcp://127.0.0.1:*")
    broker = Broker(socket, arguments.version)
    broker.mode = arguments.mode
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    poller = zmq.Poller()
    poller.register(commands.fd, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    while True:
        ready = dict(poller.poll() if broker.mode != "hang" else [(commands.fd, zmq.POLLIN)])
        if commands.fd in ready:
            for command in commands.read():
                broker.mode = command
                control.ok(command)
        if socket in ready:
            broker.on_message(socket.recv_multipart())


if __name__ == "__main__":
    main()
