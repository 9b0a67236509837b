"""A Freelance server (RFC 10): a ROUTER that answers PING with PONG.

--broken example   it answers PING | OK, as a widespread example does
"""

import argparse

import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broken", choices=["example"])
    broken = parser.parse_args().broken

    def answer(socket, frames):
        client, control, *_ = frames
        if control == b"PING" and broken != "example":
            socket.send_multipart([client, b"PONG"])
        else:
            socket.send_multipart([client, control, b"OK"])

    serving.serve(zmq.ROUTER, answer)


if __name__ == "__main__":
    main()
