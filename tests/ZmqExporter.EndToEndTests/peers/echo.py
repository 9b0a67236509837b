"""A REP server that sends back what it got.

--broken token   it sends back something else
--broken hung    it reads nothing
"""

import argparse

import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broken", choices=["token", "hung"])
    broken = parser.parse_args().broken

    def answer(socket, frames):
        if broken == "hung":
            return
        socket.send_multipart([b"0123456789"] if broken == "token" else frames)

    serving.serve(zmq.REP, answer)


if __name__ == "__main__":
    main()
