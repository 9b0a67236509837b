"""A publisher that floods: messages of one frame, a sequence of 8 bytes little-endian, once somebody has subscribed.

With --wait it waits for a subscriber that does not keep up instead of dropping messages: then all that it sent has to be counted.

Commands on standard input:
  flood RATE SECONDS   publishes so many messages a second for so long; is acknowledged when all of it is sent
  large SIZE           publishes one message of a number and a body of so many bytes
"""

import struct
import sys
import time

import zmq

import control

BATCH_S = 0.002


def main():
    socket = zmq.Context().socket(zmq.XPUB)
    socket.linger = 0
    socket.setsockopt(zmq.XPUB_NODROP, "--wait" in sys.argv)
    socket.bind("tcp://127.0.0.1:*")
    control.ready(socket.last_endpoint.decode().rstrip("\0").rsplit(":", 1)[1])
    commands = control.Control()
    socket.recv()
    number, pack, send = 0, struct.Struct("<Q").pack, socket.send

    while True:
        for command in commands.read():
            word, *arguments = command.split()
            if word == "flood":
                rate, seconds = map(int, arguments)
                start, first = time.monotonic(), number
                while (elapsed := time.monotonic() - start) < seconds:
                    for number in range(number, first + int(elapsed * rate)):
                        send(pack(number))
                    number = max(number, first + int(elapsed * rate))
                    time.sleep(BATCH_S)
            elif word == "large":
                socket.send_multipart([pack(number), bytes(int(arguments[0]))])
                number += 1
            else:
                control.error(command)
                continue

            # Apart from the flood and never dropped, however slow the subscriber: what was dropped before it shows as a gap.
            time.sleep(0.5)
            socket.setsockopt(zmq.XPUB_NODROP, True)
            send(pack(number))
            socket.setsockopt(zmq.XPUB_NODROP, "--wait" in sys.argv)
            number += 1
            print(f"sent {number}", flush=True)
            control.ok(command)


if __name__ == "__main__":
    main()
