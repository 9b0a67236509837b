"""Pushes heartbeats on real libzmq: pusher.py ENDPOINT NAME [--type PUSH] [--interval S] [--plain USER:PASSWORD]
[--curve=SERVER_PUBLIC,CLIENT_PUBLIC,CLIENT_SECRET] [--ping] [--many N]. Prints "ready" once it has sent; commands: stop, go."""
import argparse
import select
import sys
import time
import uuid

import zmq

parser = argparse.ArgumentParser()
parser.add_argument("endpoint")
parser.add_argument("name")
parser.add_argument("--type", default="PUSH")
parser.add_argument("--interval", type=float, default=0.5)
parser.add_argument("--plain")
parser.add_argument("--curve")  # one argument: a key may begin with a dash
parser.add_argument("--ping", action="store_true")
parser.add_argument("--many", type=int, default=1)
arguments = parser.parse_args()


def connect(context):
    socket = context.socket(getattr(zmq, arguments.type))
    socket.linger = 0
    if arguments.plain:
        socket.plain_username, socket.plain_password = (part.encode() for part in arguments.plain.split(":"))
    if arguments.curve:
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (key.encode() for key in arguments.curve.split(","))
    if arguments.ping:
        socket.setsockopt(zmq.HEARTBEAT_IVL, 100)
        socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 300)
    socket.connect(arguments.endpoint)
    return socket


context = zmq.Context(io_threads=1)
context.max_sockets = 4096
sockets = [connect(context) for _ in range(arguments.many)]
instances = [uuid.uuid4().hex.encode() for _ in sockets]
sequence, isSending, isTold = 0, True, False
while True:
    for i, socket in enumerate(sockets):
        name = arguments.name if arguments.many == 1 else f"{arguments.name}{i}"
        try:
            if isSending:
                frames = [b"ZHB1", name.encode(), b"SERVING", instances[i], b"%d" % sequence, b"%.3f" % time.time(), b"%g" % arguments.interval]
                socket.send_multipart([*frames, b'{"queue_depth": 3}'], zmq.DONTWAIT)
        except zmq.Again:
            pass
    sequence += 1 if isSending else 0
    if not isTold:
        isTold = True
        print("ready", flush=True)
    readable, _, _ = select.select([sys.stdin], [], [], arguments.interval)
    if readable:
        line = sys.stdin.readline()
        if not line:
            sys.exit()
        isSending = line.strip() == "go"
        print("ok", flush=True)
