"""Responders of the heartbeat protocol that each break one rule. Prints a line "NAME ENDPOINT" for each, and "ready"."""
import itertools
import json
import uuid

import zmq

INSTANCE = uuid.uuid4().hex.encode()
COUNT = itertools.count()


def reply(name, frames):
    at = frames.index(b"ZHB1")
    envelope, token, service = frames[:at], frames[at + 1], (frames[at + 2 :] + [b""])[0]
    status, instance, details = b"UNKNOWN" if service else b"SERVING", INSTANCE, json.dumps({"queue": 1}).encode()
    if name == "cut_at_zero":
        token = token.split(b"\0")[0]
    elif name == "cut_at_32":
        token = token[:32]
    elif name == "lower_case":
        status = status.lower()
    elif name == "new_instances":
        instance = b"run-%d" % next(COUNT)
    elif name == "empty_instance":
        instance = b""
    elif name == "any_service":
        status = b"SERVING"
    elif name == "bad_details":
        details = b'{"queue": NaN}'
    elif name == "typed_details":
        details = b'{"start_time": "now"}'
    elif name == "lost_envelope":
        envelope = envelope[:1] + [b""]
    elif name == "too_short":
        return envelope + [b"ZHB1", token, status]
    return envelope + [b"ZHB1", token, status, instance, details]


NAMES = ["good", "cut_at_zero", "cut_at_32", "lower_case", "new_instances", "empty_instance", "any_service", "bad_details", "typed_details", "lost_envelope", "too_short"]
context = zmq.Context()
poller = zmq.Poller()
sockets = {}
for name in NAMES:
    socket = context.socket(zmq.ROUTER)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    sockets[socket] = name
    poller.register(socket, zmq.POLLIN)
    print(name, f"tcp://127.0.0.1:{port}", flush=True)
print("ready", flush=True)
while True:
    for socket, _ in poller.poll():
        frames = socket.recv_multipart()
        if b"ZHB1" in frames[:-1]:
            socket.send_multipart(reply(sockets[socket], frames))
