# A worker of a pipeline, which nobody can ask: it takes jobs by PULL and publishes its beats, also while it has nothing to do. One that hangs
# over a job falls silent. Run: python3 pipeline.py 'tcp://*:5557' 'tcp://*:5556' [INTERVAL]
import sys
import time

import zmq
from heartbeat import beat

context = zmq.Context()
jobs, beats = context.socket(zmq.PULL), context.socket(zmq.PUB)
jobs.bind(sys.argv[1])
beats.bind(sys.argv[2])
interval = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
due, done, last = time.monotonic(), 0, time.time()
while True:
    if jobs.poll(max(0, 1000 * (due - time.monotonic()))):
        if jobs.recv() == b"hang":  # stands for whatever can go wrong in your work
            time.sleep(1e6)
        done, last = done + 1, time.time()
    if time.monotonic() >= due:
        due += interval
        beats.send_multipart(beat(interval, service=b"resize", jobs_done=done, idle_seconds=time.time() - last))
