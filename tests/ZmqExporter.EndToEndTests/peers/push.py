"""A PUSH server with a hundred jobs, "0" to "99", for whoever pulls them first."""

import threading

import zmq

import control

JOBS = 100


def main():
    socket = zmq.Context().socket(zmq.PUSH)
    socket.bind("tcp://127.0.0.1:*")

    def work():
        for number in range(JOBS):
            socket.send(b"%d" % number)  # waits until somebody pulls

    threading.Thread(target=work, daemon=True).start()
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    while True:
        control.Control().read()


if __name__ == "__main__":
    main()
