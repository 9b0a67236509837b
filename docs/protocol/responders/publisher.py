# A publisher whose beats come from the very loop that publishes: when that stands still, so do they.
# Run: python3 publisher.py 'tcp://*:5556' [INTERVAL]
import sys
import time

import zmq
from heartbeat import beat

socket = zmq.Context().socket(zmq.PUB)
socket.bind(sys.argv[1])
interval = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
due, prices = time.monotonic(), 0
while True:
    prices += 1
    socket.send_multipart([b"price", b"%d" % prices])
    if time.monotonic() >= due:
        due += interval
        socket.send_multipart(beat(interval, service=b"prices", prices=prices))
    time.sleep(interval / 10)  # stands for the work between two prices
