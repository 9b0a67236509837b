"""Hundreds of servers at once: one port on every loopback address, where each connection gets a greeting, a READY and then its own bytes back.

Commands on standard input; each prints "accepted N" first, the number of connections that it has accepted since its start:
  serve    connections are answered
  silent   those that are open are reset, further ones are accepted and get no word
  drop     those that are open are reset, further ones as soon as they are accepted
  refuse   nothing listens any more
  count    no more than that
"""

import select
import socket
import struct

import control
import wire

HELLO = wire.greeting(minor=1) + wire.ready(b"ROUTER")
RESET = struct.pack("ii", 1, 0)  # SO_LINGER


class Storm:
    def __init__(self):
        self.poll = select.epoll()
        self.clients = {}
        self.mode = "serve"
        self.accepted = 0
        self.port = 0
        self.listener = None
        self.listen()

    def listen(self):
        if self.listener:
            return
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("0.0.0.0", self.port))
        self.listener.listen(4096)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.poll.register(self.listener, select.EPOLLIN)

    def obey(self, command):
        if command == "count":
            return
        self.mode = command
        if command != "serve":
            for fd in list(self.clients):
                self.reset(fd)
        if command == "refuse":
            self.poll.unregister(self.listener)
            self.listener.close()
            self.listener = None
        else:
            self.listen()

    def reset(self, fd):
        client, _ = self.clients.pop(fd)
        self.poll.unregister(fd)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        client.close()

    def accept(self):
        while self.listener:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.clients[client.fileno()] = (client, bytearray())
            self.poll.register(client, select.EPOLLIN)
            if self.mode == "drop":
                self.reset(client.fileno())
            elif self.mode == "serve":
                try:
                    client.send(HELLO)
                except OSError:
                    pass  # it has gone again; reading tells

    def read(self, fd):
        client, head = self.clients[fd]
        try:
            data = client.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.poll.unregister(fd)
            del self.clients[fd]
            client.close()
        elif self.mode == "serve":
            self.answer(client, head, data)

    @staticmethod
    def answer(client, head, data):
        """Sends back what comes after the client's greeting and READY."""
        missing = wire.GREETING_LENGTH + 2 - len(head)
        if missing > 0:
            head += data[:missing]
            data = data[missing:]
        if len(head) >= wire.GREETING_LENGTH + 2:
            missing = wire.GREETING_LENGTH + 2 + head[wire.GREETING_LENGTH + 1] - len(head)
            if missing > 0:
                head += data[:missing]
                data = data[missing:]
        if data:
            try:
                client.send(data)
            except OSError:
                pass  # it has gone; reading tells

    def run(self):
        control.ready(self.port)
        commands = control.Control()
        self.poll.register(commands.fd, select.EPOLLIN)
        while True:
            for fd, _ in self.poll.poll():
                if fd == commands.fd:
                    for command in commands.read():
                        self.accept()  # what waits was connected before
                        self.obey(command)
                        print(f"accepted {self.accepted}", flush=True)
                        control.ok(command)
                elif self.listener and fd == self.listener.fileno():
                    self.accept()
                elif fd in self.clients:
                    self.read(fd)


if __name__ == "__main__":
    Storm().run()
