"""The snapshot socket of a Clone server (RFC 12): ICANHAZ? and a subtree, answered with KVSYNC messages and KTHXBAI.

--keys N               that many keys, whatever the subtree: a server that does not filter
--broken unfinished    KTHXBAI never comes
--broken end           the last message is no KTHXBAI
"""

import argparse
import struct

import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=0)
    parser.add_argument("--broken", choices=["unfinished", "end"])
    arguments = parser.parse_args()

    def answer(socket, frames):
        client, request, subtree = frames
        if request != b"ICANHAZ?":
            return
        for number in range(arguments.keys):
            socket.send_multipart([client, b"/key/%d" % number, struct.pack(">Q", number), b"", b"", b"value"])
        if arguments.broken != "unfinished":
            last = b"BYE" if arguments.broken == "end" else b"KTHXBAI"
            socket.send_multipart([client, last, struct.pack(">Q", arguments.keys), b"", b"", subtree])

    serving.serve(zmq.ROUTER, answer)


if __name__ == "__main__":
    main()
