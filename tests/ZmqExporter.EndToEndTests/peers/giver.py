"""A PUSH, DEALER or REQ server that gives numbered jobs to whoever is there, until it is told to stop.

Commands on standard input:
  stop  it gives no more jobs, prints "gave COUNT" and lives on. A REQ counts a job when the reply to it has come.
"""

import argparse
import threading
import time

import zmq

import control

PAUSE_S = 0.0002
PATIENCE_MS = 20


class Giver(threading.Thread):
    def __init__(self, socket):
        super().__init__(daemon=True)
        self._socket = socket
        self._stopping = threading.Event()
        self.given = 0

    def run(self):
        awaits_reply = False
        while awaits_reply or not self._stopping.is_set():
            if awaits_reply:
                if self._socket.poll(PATIENCE_MS, zmq.POLLIN):
                    self._socket.recv()
                    self.given += 1
                    awaits_reply = False
            elif self._socket.poll(PATIENCE_MS, zmq.POLLOUT):
                self._socket.send(b"%d" % self.given)
                awaits_reply = self._socket.type == zmq.REQ
                self.given += not awaits_reply
                time.sleep(PAUSE_S)

    def stop(self):
        self._stopping.set()
        self.join()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["push", "dealer", "req"])
    socket = zmq.Context().socket(getattr(zmq, parser.parse_args().kind.upper()))
    socket.bind("tcp://127.0.0.1:*")
    giver = Giver(socket)
    giver.start()
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    while True:
        for command in commands.read():
            if command == "stop":
                giver.stop()
                print(f"gave {giver.given}", flush=True)
                control.ok(command)
            else:
                control.error(command)


if __name__ == "__main__":
    main()
