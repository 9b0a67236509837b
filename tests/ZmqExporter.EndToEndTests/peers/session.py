"""A ROUTER or REP server with sessions: "login" gives a binary id that "work" has to bring back. Answers known identities only, if told to.

"large" and a number is answered with so many bytes, "many" and a number with so many messages and one that ends them.
"""

import argparse
import json
import os

import msgpack
import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["router", "rep"], default="router")
    parser.add_argument("--identity", action="append", default=[])
    arguments = parser.parse_args()
    sessions = set()  # each for one use

    def answers(body):
        if body[0] == b"login":
            session = b"\x00\xff" + os.urandom(14)
            sessions.add(session)
            lease = int.from_bytes(session[-4:], "big")
            return [[b"welcome", session, json.dumps({"lease": lease}).encode(), msgpack.packb({"session": session})]]
        if body[0] == b"work":
            ours = [part for part in body[1:] if part in sessions]
            if not ours or any(part != ours[0] for part in body[1:2]):
                return [[b"denied"]]
            session = ours[0]
            sessions.remove(session)
            lease = int.from_bytes(session[-4:], "big")
            rest = body[2:]
            if rest and rest != [session[-4:], json.dumps({"lease": str(lease)}, separators=(",", ":")).encode(), msgpack.packb({"s": session})]:
                return [[b"denied", *rest]]
            return [[b"done", session]]
        if body[0] == b"large":
            return [[b"x" * int(body[1])]]
        if body[0] == b"many":
            return [[b"tick"]] * int(body[1]) + [[b"end"]]
        return [[b"what?"]]

    def answer(socket, frames):
        if arguments.kind == "rep":
            socket.send_multipart(answers(frames)[0])
            return
        identity, rest = frames[0], frames[1:]
        if arguments.identity and identity.decode(errors="replace") not in arguments.identity:
            return
        envelope = rest[:1] if rest[0] == b"" else []
        for reply in answers(rest[len(envelope):]):
            socket.send_multipart([identity, *envelope, *reply])

    serving.serve(zmq.ROUTER if arguments.kind == "router" else zmq.REP, answer)


if __name__ == "__main__":
    main()
