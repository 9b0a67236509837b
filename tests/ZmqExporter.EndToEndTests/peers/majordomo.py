"""A Majordomo broker with one worker for the service that it is told, after RFC 7 (0.1) and RFC 18 (0.2).

The broker is a ROUTER; the worker is a thread with a DEALER, registers with READY and gets its requests through the broker.
A service named titanic.reply answers as Titanic's does (RFC 9) that has no requests in its store.

--broken no_worker   nobody registers for the service
--broken no_mmi      the broker does not know mmi.service: 501
--broken token       the worker answers with other bytes
--broken version     the broker answers with the header of another protocol
--broken unfinished  (0.2) the worker sends partial replies and never the final one
--broken found       (Titanic) the store finds a request that nobody made
"""

import argparse
import threading

import zmq

import serving

READY, REQUEST, REPLY = b"\x01", b"\x02", b"\x03"  # MDPW01's commands
PARTIAL, FINAL = b"\x02", b"\x03"  # MDPC02's


class Broker:
    """Knows the workers by service and the requests that wait for one."""

    def __init__(self, version, broken):
        self.header = b"MDPC01" if version == 1 else b"MDPC02"
        self.version, self.broken = version, broken
        self.workers, self.waiting = {}, {}

    def on_message(self, socket, frames):
        sender, rest = frames[0], frames[1:]
        if rest[:2] == [b"", b"MDPW01"]:
            self.on_worker(socket, sender, rest[2], rest[3:])
        elif self.version == 1 and rest[:2] == [b"", b"MDPC01"] and len(rest) >= 4:
            self.on_request(socket, sender, rest[2], rest[3:])
        elif self.version == 2 and rest[:2] == [b"MDPC02", b"\x01"] and len(rest) >= 4:
            self.on_request(socket, sender, rest[2], rest[3:])
        # Anything else is not of this protocol, and is dropped as the RFCs want it.

    def on_worker(self, socket, worker, command, rest):
        if command == READY:
            self.workers[rest[0]] = worker
            for client, body in self.waiting.pop(rest[0], []):
                self.dispatch(socket, client, rest[0], body)
        elif command in (REPLY, b"partial"):
            service = next(name for name, known in self.workers.items() if known == worker)
            self.reply(socket, rest[0], service, rest[2:], PARTIAL if command == b"partial" else FINAL)

    def on_request(self, socket, client, service, body):
        if service == b"mmi.service":
            code = b"501" if self.broken == "no_mmi" else b"200" if body[-1] in self.workers else b"404"
            self.reply(socket, client, service, [code], FINAL)
        elif service in self.workers:
            self.dispatch(socket, client, service, body)
        else:
            self.waiting.setdefault(service, []).append((client, body))

    def dispatch(self, socket, client, service, body):
        socket.send_multipart([self.workers[service], b"", b"MDPW01", REQUEST, client, b"", *body])

    def reply(self, socket, client, service, body, kind):
        header = b"MDPX99" if self.broken == "version" else self.header
        if self.version == 1:
            socket.send_multipart([client, b"", header, service, *body])
        else:
            socket.send_multipart([client, header, kind, service, *body])


def work(port, service, version, broken):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(f"tcp://127.0.0.1:{port}")
    socket.send_multipart([b"", b"MDPW01", READY, service])
    while True:
        _, _, _, client, _, *body = socket.recv_multipart()
        if service == b"titanic.reply":
            body = [b"200", b"whatever"] if broken == "found" else [b"400"]
        elif broken == "token":
            body = [b"0123456789"]
        if version == 2:
            for part in (b"one", b"two"):
                socket.send_multipart([b"", b"MDPW01", b"partial", client, b"", part])
        if broken != "unfinished":
            socket.send_multipart([b"", b"MDPW01", REPLY, client, b"", *body])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", type=int, choices=[1, 2], default=1)
    parser.add_argument("--service", default="echo")
    parser.add_argument("--broken", choices=["no_worker", "no_mmi", "token", "version", "unfinished", "found"])
    arguments = parser.parse_args()

    broker = Broker(arguments.version, arguments.broken)
    socket, port = serving.bind(zmq.ROUTER)
    if arguments.broken != "no_worker":
        worker = (port, arguments.service.encode(), arguments.version, arguments.broken)
        threading.Thread(target=work, args=worker, daemon=True).start()
        broker.on_message(socket, socket.recv_multipart())  # the worker's READY: before it, the tests would race it
    serving.serve_on(socket, port, broker.on_message)


if __name__ == "__main__":
    main()
