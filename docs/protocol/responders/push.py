# A worker whom nobody can reach (NAT, a pipeline): it pushes its beats to the exporter's --heartbeat.listen-address, from the loop that works.
# When nobody listens, up to ten beats wait and the others are dropped: never does the work wait for its watcher.
# Run: python3 push.py tcp://exporter.internal:19556 NAME [INTERVAL]
import sys
import time

import zmq
from heartbeat import beat

socket = zmq.Context().socket(zmq.PUSH)
socket.sndhwm, socket.linger = 10, 0
socket.connect(sys.argv[1])
name, interval = sys.argv[2].encode(), float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
due, done = time.monotonic(), 0
while True:
    if time.monotonic() >= due:
        due += interval
        try:
            socket.send_multipart(beat(interval, service=name, jobs_done=done), zmq.DONTWAIT)
        except zmq.Again:
            pass
    time.sleep(interval / 10)  # stands for a job
    done += 1
