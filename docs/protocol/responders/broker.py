# A ROUTER/DEALER proxy. It answers heartbeats without a service for itself, and hands on those that name one: a worker behind it answers
# them, so that SERVING means that the proxy routes. Run: python3 broker.py 'tcp://*:5555' 'tcp://*:5557'
import sys

import zmq
from heartbeat import answer

context = zmq.Context()
front, back = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
front.bind(sys.argv[1])
back.bind(sys.argv[2])
poller = zmq.Poller()
poller.register(front, zmq.POLLIN)
poller.register(back, zmq.POLLIN)
handed_on = 0
while True:
    for socket, _ in poller.poll():
        frames = socket.recv_multipart()
        if socket is back:
            front.send_multipart(frames)
        elif b"ZHB1" in frames and frames.index(b"ZHB1") == len(frames) - 2:  # the token is the last frame: no service
            front.send_multipart(answer(frames, handed_on=handed_on))
        else:
            try:  # without a worker, or with one that does not read, it would wait here for ever, and answer nobody
                back.send_multipart(frames, zmq.DONTWAIT)
                handed_on += 1
            except zmq.Again:
                pass
