"""Servers that send as fast as they can to whoever connects. The arguments name what each of them sends, as WHEN-WHAT:

  when    greeted: after a greeting and a READY as ROUTER; published: the same as PUB; at_once: in the place of the READY
  what    small, large, huge: messages of so many bytes a frame; more: a message whose frames never end; ping, command: commands

Prints the ports in their order before it is ready, and gives way to everybody else on the processors.
"""

import os
import select
import socket
import struct
import sys

import control
import wire

GREETING = wire.greeting(minor=1)
DELIMITER = b"\x01\x00"


def long_frame(length):
    return b"\x02" + struct.pack(">Q", length) + bytes(length)


def often(message):
    return message * max(1, 65536 // len(message))


WHEN = {"greeted": GREETING + wire.ready(b"ROUTER"), "published": GREETING + wire.ready(b"PUB"), "at_once": GREETING}
WHAT = {
    "small": often(DELIMITER + b"\x00\x04pang"),
    "large": often(DELIMITER + long_frame(60_000)),
    "huge": DELIMITER + long_frame(1_000_000),
    "more": often(b"\x01\x01x"),
    "ping": often(b"\x04\x0b\x04PING\x00\x00abcd"),
    "command": often(b"\x04\x05\x04WHAT"),
}


def main():
    os.nice(10)
    poll, listeners, clients = select.epoll(), {}, {}
    for argument in sys.argv[1:]:
        when, what = argument.split("-")
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        listener.setblocking(False)
        listeners[listener.fileno()] = (listener, WHEN[when], WHAT[what])
        poll.register(listener, select.EPOLLIN)
    print("ports", *(listener.getsockname()[1] for listener, _, _ in listeners.values()), flush=True)
    control.ready(0)
    commands = control.Control()
    poll.register(commands.fd, select.EPOLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == commands.fd:
                for command in commands.read():
                    control.error(command)
            elif fd in listeners:
                listener, first, body = listeners[fd]
                try:
                    client, _ = listener.accept()
                except OSError:
                    continue
                client.setblocking(False)
                clients[client.fileno()] = [client, memoryview(first), memoryview(body)]
                poll.register(client, select.EPOLLOUT)
            else:
                client, left, body = clients[fd]
                try:
                    sent = client.send(left)
                    clients[fd][1] = left[sent:] if sent < len(left) else body
                except BlockingIOError:
                    pass
                except OSError:
                    poll.unregister(fd)
                    del clients[fd]
                    client.close()


if __name__ == "__main__":
    main()
