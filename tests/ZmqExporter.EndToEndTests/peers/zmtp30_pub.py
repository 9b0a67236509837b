"""A publisher that speaks ZMTP 3.0 and nothing newer, as JeroMQ 0.4 and libzmq 4.1 do: it knows no PING, and ignores commands.

With --cache TEXT it is a last-value cache whose source is dead: each new subscriber is sent [TEXT, "1"] at once, and nothing ever again.
It prints "odd HEX" for anything from a subscriber that a libzmq SUB would not send to a peer of 3.0.

Commands on standard input:
  publish TEXT   one message [TEXT, "1"] to every subscriber
"""

import argparse
import socket
import threading

import control
import wire


def message(topic):
    return wire.frame(topic.encode(), wire.MORE) + wire.frame(b"1")


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
            wire.greet(connection, b"XPUB", minor=0)
            while True:
                flags, body = wire.read_frame(connection)
                if flags & wire.COMMAND or body[:1] not in (b"\0", b"\1"):
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
