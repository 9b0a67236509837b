"""Responders and publishers of the heartbeat protocol that each break one rule. Prints a line "NAME ENDPOINT" for each, and "ready"."""
import itertools
import json
import time
import uuid

import zmq

INSTANCE = uuid.uuid4().hex.encode()
COUNT = itertools.count()
FIRST = {}  # the first token of each client
PERIOD = 0.2  # of the publishers, in seconds


def reply(name, frames):
    at = frames.index(b"ZHB1")
    envelope, token, service = frames[:at], frames[at + 1], (frames[at + 2 :] + [b""])[0]
    status, instance, details = b"UNKNOWN" if service else b"SERVING", INSTANCE, json.dumps({"queue": 1}).encode()
    first = FIRST.setdefault(frames[0], token)
    if name == "cut_at_zero":
        token = token.split(b"\0")[0]
    elif name == "cut_at_32":
        token = token[:32]
    elif name == "id_is_no_token":
        token = token.replace(b"ZHB1", b"")
    elif name == "first_token":
        token = first
    elif name == "token_of_another":
        token, FIRST["last"] = FIRST.get("last", token), token
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
    elif name == "always_delimiter":
        envelope = envelope if b"" in envelope else envelope + [b""]
    elif name == "too_short":
        return envelope + [b"ZHB1", token, status]
    return envelope + [b"ZHB1", token, status, instance, details]


def beat(name, number):
    instance, sent, details = INSTANCE, time.time(), b'{"start_time": 1}'
    if name == "feed_stuck":
        number = 7
    elif name == "feed_backward":
        sent = 1e9 - number
    elif name == "feed_new_instances":
        instance = b"run-%d" % number
    elif name == "feed_without_interval":
        return [b"ZHB1", b"echo", b"SERVING", instance, b"%d" % number, b"%f" % sent]
    elif name == "feed_bad_details":
        details = b"[]"
    return [b"ZHB1", b"echo", b"SERVING", instance, b"%d" % number, b"%f" % sent, b"%f" % PERIOD, details]


ASKED = ["good", "cut_at_zero", "cut_at_32", "id_is_no_token", "first_token", "token_of_another", "lower_case", "new_instances", "empty_instance", "any_service"]
ASKED += ["bad_details", "typed_details", "lost_envelope", "always_delimiter", "too_short", "deaf_after_half"]
PUBLISHED = ["feed_good", "feed_stuck", "feed_backward", "feed_new_instances", "feed_without_interval", "feed_bad_details", "feed_rare"]
context = zmq.Context()
poller = zmq.Poller()
sockets = {}
deaf = set()
for name in ASKED + PUBLISHED:
    socket = context.socket(zmq.ROUTER if name in ASKED else zmq.PUB)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    sockets[socket] = name
    if name in ASKED:
        poller.register(socket, zmq.POLLIN)
    print(name, f"tcp://127.0.0.1:{port}", flush=True)
print("ready", flush=True)
beats, due = 0, time.monotonic()
while True:
    for socket, _ in poller.poll(max(0, due - time.monotonic()) * 1000):
        frames = socket.recv_multipart()
        if frames[-1] == b"ZHB1" and b"ZHB1" not in frames[:-1] and sockets[socket] == "deaf_after_half":
            deaf.add(socket)
        if b"ZHB1" in frames[:-1] and socket not in deaf:
            socket.send_multipart(reply(sockets[socket], frames))
    if time.monotonic() >= due:
        due += PERIOD
        beats += 1
        for socket, name in sockets.items():
            if name in PUBLISHED and (name != "feed_rare" or beats % 50 == 0):
                socket.send_multipart(beat(name, beats))
