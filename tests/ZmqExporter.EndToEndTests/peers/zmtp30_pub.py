"""A publisher that speaks ZMTP 3.0 and nothing newer, as JeroMQ 0.4 and libzmq 4.1 do: it knows no PING, and ignores commands.

With --cache TEXT it is a last-value cache whose source is dead: each new subscriber is sent [TEXT, "1"] at once, and nothing ever again.
It prints "odd HEX" for anything from a subscriber that a libzmq SUB would not send to a peer of 3.0.

Commands on standard input:
  publish TEXT   one message [TEXT, "1"] to every subscriber
"""

import argparse
import socket
import struct
import threading

import control

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
COMMAND, LONG, MORE = 4, 2, 1


def frame(body, flags=0):
    return bytes([flags, len(body)]) + body


def message(topic):
    return frame(topic.encode(), MORE) + frame(b"1")


def read(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def read_frame(connection):
    flags = read(connection, 1)[0]
    size = struct.unpack(">Q", read(connection, 8))[0] if flags & LONG else read(connection, 1)[0]
    return flags, read(connection, size)


class Publisher:
    """Its subscribers."""

    def __init__(self, cache):
        self._lock = threading.Lock()
        self._cache = cache
        self._subscribers = set()

    def publish(self, topic):
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.sendall(message(topic))

    def serve(self, connection):
        """Greets and then listens to one subscriber."""
        try:
            connection.sendall(GREETING)
            read(connection, len(GREETING))
            connection.sendall(frame(b"\x05READY\x0bSocket-Type" + struct.pack(">I", 4) + b"XPUB", COMMAND))
            read_frame(connection)
            while True:
                flags, body = read_frame(connection)
                if flags & COMMAND or body[:1] not in (b"\0", b"\1"):
                    print(f"odd {body.hex()}", flush=True)
                elif body[:1] == b"\1":
                    with self._lock:
                        self._subscribers.add(connection)
                        if self._cache:
                            connection.sendall(message(self._cache))
        except OSError:
            pass
        finally:
            with self._lock:
                self._subscribers.discard(connection)
            connection.close()


def follow(publisher):
    commands = control.Control()
    while True:
        for command in commands.read():
            word, _, topic = command.partition(" ")
            if word == "publish":
                publisher.publish(topic)
                control.ok(command)
            else:
                control.error(command)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache")
    publisher = Publisher(parser.parse_args().cache)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    control.ready(listener.getsockname()[1])
    threading.Thread(target=follow, args=(publisher,), daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=publisher.serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
