# Heartbeats (ZHB1) for pyzmq. Copy this file beside your server: call answer() from the loop that does the work, or publish beat() from it.
# Alone it answers for a service "echo" that does nothing: python3 heartbeat.py 'tcp://*:5556'
import collections
import itertools
import json
import sys
import time
import uuid

import zmq

ID, INSTANCE, STARTED, SEQUENCE = b"ZHB1", uuid.uuid4().hex.encode(), time.time(), collections.defaultdict(itertools.count)


def answer(frames, status=b"SERVING", services=(b"",), **details):  # None for what is no heartbeat request
    at = frames.index(ID) + 2 if ID in frames[:-1] else 0
    if (frames[at:] or [b""])[0] not in services:
        status = b"UNKNOWN"
    details["start_time"] = STARTED
    return frames[:at] + [status, INSTANCE, json.dumps(details).encode()] if at else None


def beat(interval, status=b"SERVING", service=b"", **details):
    numbers = [b"%d" % next(SEQUENCE[service]), b"%f" % time.time(), b"%f" % interval]
    return [ID, service, status, INSTANCE, *numbers, json.dumps(details | {"start_time": STARTED}).encode()]


if __name__ == "__main__":
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.bind(sys.argv[1])
    while True:
        if reply := answer(socket.recv_multipart(), services=(b"", b"echo"), version="1.0", queue_depth=0):
            socket.send_multipart(reply)
