"""The request port of a SaltStack master: MessagePack on a ROUTER and workers behind it; "ping" in the clear comes back.

--broken unknown   it is one that does not know the command: an empty map
--broken error     it answers with a text, as for a load that it cannot handle
"""

import argparse

import msgpack
import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broken", choices=["unknown", "error"])
    broken = parser.parse_args().broken

    def answer(socket, frames):
        client, _, request = frames
        payload = msgpack.unpackb(request)
        reply = payload["load"] if payload.get("enc") == "clear" and payload["load"].get("cmd") == "ping" else "bad load"
        if broken == "unknown":
            reply = {}
        elif broken == "error":
            reply = "bad load"
        socket.send_multipart([client, b"", msgpack.packb(reply)])

    serving.serve(zmq.ROUTER, answer)


if __name__ == "__main__":
    main()
