"""A client that checks a peer from outside: REQ, DEALER or SUB on real libzmq; prints what it got, or "nothing"."""

import sys

import zmq

TIMEOUT_MS = 20_000


def main():
    kind, endpoint, text, timeout = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else TIMEOUT_MS
    socket = zmq.Context().socket(getattr(zmq, kind))
    socket.linger = 0
    socket.rcvtimeo = timeout
    socket.connect(endpoint)
    if kind == "SUB":
        socket.subscribe(text)
    else:
        socket.send_string(text)
    try:
        print(b" ".join(socket.recv_multipart()[:1]).decode())
    except zmq.Again:
        print("nothing")


if __name__ == "__main__":
    main()
