# A server that answers a ping on a second socket, from the very loop that does its work: when that loop hangs, so does the
# answer. Run: python3 ping_server.py tcp://*:5555 tcp://*:5556
import sys

import zmq


def do_work(job):
    if job == b"fail":  # stands for whatever can go wrong in your work
        raise RuntimeError("the database is away")
    return job.upper()


def main(work_endpoint, health_endpoint):
    context = zmq.Context()
    work, health = context.socket(zmq.REP), context.socket(zmq.REP)
    work.bind(work_endpoint)
    health.bind(health_endpoint)
    poller = zmq.Poller()
    poller.register(work, zmq.POLLIN)
    poller.register(health, zmq.POLLIN)
    trouble = None
    while True:
        for socket, _ in poller.poll():
            request = socket.recv_multipart()
            if socket is health:
                socket.send_string(f"not ready: {trouble}" if trouble else "pong" if request == [b"ping"] else "unknown")
                continue
            try:
                socket.send(do_work(request[0]))
                trouble = None
            except RuntimeError as error:
                trouble = error
                socket.send_string(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
