# A batch job, and a dead man's switch for it: one beat when it is done, which says when the next one is due. When the job fails, never starts
# or hangs, the beat stays away. Run: python3 batch.py tcp://exporter.internal:19556 NAME INTERVAL COMMAND...
# In a crontab, each night: python3 batch.py tcp://exporter.internal:19556 backup 86400 /usr/local/bin/backup
import subprocess
import sys
import time

import zmq
from heartbeat import beat

started = time.monotonic()
code = subprocess.call(sys.argv[4:])
status, took = b"NOT_SERVING" if code else b"SERVING", time.monotonic() - started
message = beat(float(sys.argv[3]), status, sys.argv[2].encode(), exit_code=code, took_seconds=took)
with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
    socket.linger = 10_000  # milliseconds to deliver it in
    socket.connect(sys.argv[1])
    socket.send_multipart(message)
sys.exit(code)
