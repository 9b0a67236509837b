# Answers heartbeats (ZHB1, docs/protocol/heartbeat.md) on a socket of its own: copy answer() into your server, and call it from the loop
# that does the work. Run: python3 heartbeat.py tcp://*:5556
import json
import sys
import time
import uuid

import zmq

INSTANCE, STARTED = uuid.uuid4().hex.encode(), time.time()


def answer(frames, status=b"SERVING", services=(b"",), **details):
    at = frames.index(b"ZHB1")  # on a ROUTER, what is in front is the way back
    token, service = frames[at + 1], (frames[at + 2 :] + [b""])[0]
    details["start_time"] = STARTED
    return frames[: at + 2] + [status if service in services else b"UNKNOWN", INSTANCE, json.dumps(details).encode()]


if __name__ == "__main__":
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.bind(sys.argv[1])
    while True:
        request = socket.recv_multipart()
        if b"ZHB1" in request[1:-1]:
            socket.send_multipart(answer(request, services=(b"", b"echo"), version="1.0", queue_depth=0))
