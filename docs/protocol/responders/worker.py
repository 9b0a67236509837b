# A worker whose jobs and heartbeats come on one ROUTER, and are served by one loop: a job that hangs stops the answer, and one that fails
# makes it NOT_SERVING until the next one succeeds. Run: python3 worker.py 'tcp://*:5555'; behind a broker: python3 worker.py ENDPOINT connect
import sys
import time

import zmq
from heartbeat import answer


def do_work(job):
    if job == b"fail":  # these two stand for whatever can go wrong in your work
        raise RuntimeError("the database is away")
    if job == b"hang":
        time.sleep(1e6)
    return job.upper()


socket = zmq.Context().socket(zmq.ROUTER)
(socket.connect if "connect" in sys.argv else socket.bind)(sys.argv[1])
done, status, trouble = 0, b"SERVING", {}
while True:
    frames = socket.recv_multipart()
    reply = answer(frames, status, services=(b"", b"echo"), jobs_done=done, **trouble)
    if not reply:
        try:
            reply = frames[:-1] + [do_work(frames[-1])]
            done, status, trouble = done + 1, b"SERVING", {}
        except RuntimeError as error:
            reply, status, trouble = frames[:-1] + [b"error"], b"NOT_SERVING", {"reason": str(error)}
    socket.send_multipart(reply)
