"""A host full of servers in one process: ZeroMQ sockets of every type, with PLAIN and CURVE, on a Unix socket, and others that are no ZeroMQ.

For each it prints "endpoint NAME ENDPOINT". A PUSH and a DEALER give numbered jobs to one worker each all the time. The command "check" proves
that nobody was harmed: each server serves a client of its own, the workers have got every job, and the PULL has got none. "--curve KEY" is the
secret key of the CURVE server.
"""

import argparse
import http.server
import socket
import tempfile
import threading

import zmq

import control
import security

CONTEXT = zmq.Context()
PEERS = {zmq.REP: zmq.REQ, zmq.ROUTER: zmq.DEALER, zmq.PUB: zmq.SUB, zmq.XPUB: zmq.SUB, zmq.PULL: zmq.PUSH, zmq.PAIR: zmq.PAIR, zmq.SUB: zmq.PUB, zmq.REQ: zmq.REP}
TIMEOUT = 30_000


def make(kind, address="tcp://127.0.0.1:*", **options):
    """A bound socket of a type, with options."""
    server = CONTEXT.socket(kind)
    server.rcvtimeo = server.sndtimeo = TIMEOUT
    for name, value in options.items():
        setattr(server, name, value)
    if kind == zmq.SUB:
        server.subscribe(b"")
    server.bind(address)
    return server


def announce(name, server):
    endpoint = server.last_endpoint.decode().rstrip("\0") if isinstance(server, zmq.Socket) else f"tcp://127.0.0.1:{server.getsockname()[1]}"
    print(f"endpoint {name} {endpoint}", flush=True)


class Giver:
    """A socket that gives numbered jobs to its one worker until it is told to stop."""

    def __init__(self, kind, worker_kind):
        self.server = make(kind)
        self._worker = CONTEXT.socket(worker_kind)
        self._worker.rcvtimeo = TIMEOUT
        self._worker.connect(self.server.last_endpoint)
        self._stop = threading.Event()
        self._given = self._taken = 0
        self._threads = [threading.Thread(target=self._give, daemon=True), threading.Thread(target=self._take, daemon=True)]
        for thread in self._threads:
            thread.start()

    def _give(self):
        while not self._stop.wait(0.001):
            self.server.send(b"%d" % self._given)
            self._given += 1
        self.server.send(b"end")

    def _take(self):
        while (job := self._worker.recv()) != b"end":
            assert job == b"%d" % self._taken, f"job {self._taken} was lost: {job!r} came"
            self._taken += 1

    def check(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(TIMEOUT / 1000)
        assert self._given == self._taken > 0, f"{self._given} jobs were given, {self._taken} taken"


def check(server):
    """Serves one client."""
    kind = server.type
    if kind == zmq.PULL:
        assert server.poll(0) == 0, "the PULL has got something"
    client = CONTEXT.socket(PEERS[kind])
    client.rcvtimeo = client.sndtimeo = TIMEOUT
    if kind in (zmq.PUB, zmq.XPUB):
        client.subscribe(b"")
    client.connect(server.last_endpoint)
    if kind in (zmq.PUB, zmq.XPUB):
        while not client.poll(10):  # the subscription takes its time
            server.send(b"news")
        assert client.recv() == b"news"
    elif kind == zmq.SUB:
        while not server.poll(10):
            client.send(b"news")
        assert server.recv() == b"news"
    elif kind == zmq.REQ:
        server.send(b"question")
        assert client.recv() == b"question"
    else:
        client.send(b"question")
        assert server.recv_multipart()[-1] == b"question"
    client.close(0)


def answer(listener, data):
    """A TCP server that sends this to everybody, and keeps what it gets: that is what it returns."""
    got = []

    def serve():
        while True:
            connection, _ = listener.accept()
            with connection:
                if data:
                    connection.sendall(data)
                while part := connection.recv(4096):
                    got.append(part)

    threading.Thread(target=serve, daemon=True).start()
    return got


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--curve", required=True)
    arguments = parser.parse_args()
    directory = tempfile.TemporaryDirectory()
    security.allow_user(CONTEXT, "user:password")
    servers = {
        "rep": make(zmq.REP),
        "router": make(zmq.ROUTER),
        "pub": make(zmq.PUB),
        "xpub": make(zmq.XPUB),
        "pull": make(zmq.PULL),
        "pair": make(zmq.PAIR),
        "sub": make(zmq.SUB),
        "req": make(zmq.REQ),
        "ipc": make(zmq.REP, f"ipc://{directory.name}/zoo.sock"),
    }
    secured = {
        "plain": make(zmq.REP, plain_server=True),
        "curve": make(zmq.ROUTER, curve_server=True, curve_secretkey=arguments.curve.encode()),
    }
    givers = {"push": Giver(zmq.PUSH, zmq.PULL), "dealer": Giver(zmq.DEALER, zmq.DEALER)}
    silent, banner = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    answer(banner, b"SSH-2.0-OpenSSH_9.2p1\r\n")
    heard_by_silent = answer(silent, b"")
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    web.RequestHandlerClass.log_message = lambda *_: None
    threading.Thread(target=web.serve_forever, daemon=True).start()

    for name, server in {**servers, **secured, "silent": silent, "ssh": banner, "http": web.socket}.items():
        announce(name, server)
    for name, giver in givers.items():
        announce(name, giver.server)
    control.ready(web.server_port)

    commands = control.Control()
    while True:
        for command in commands.read():
            if command != "check":
                control.error(command)
                continue
            for server in servers.values():
                check(server)
            for giver in givers.values():
                giver.check()
            print(f"heard {b''.join(heard_by_silent).hex()}", flush=True)
            control.ok(command)


if __name__ == "__main__":
    main()
