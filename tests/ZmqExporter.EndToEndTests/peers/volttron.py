"""The router of a VOLTTRON message bus (VIP): a ROUTER that answers the subsystem "ping".

--broken version   it speaks another version of VIP
--broken error     it answers with an error of the router
"""

import argparse

import zmq

import serving


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broken", choices=["version", "error"])
    broken = parser.parse_args().broken

    def answer(socket, frames):
        sender, recipient, protocol, _, message, subsystem, *arguments = frames
        if recipient or protocol != b"VIP1" or subsystem != b"ping":
            return
        header = b"VIP2" if broken == "version" else b"VIP1"
        if broken == "error":
            socket.send_multipart([sender, b"", header, b"", message, b"error", b"93", b"unknown subsystem", b"", subsystem])
        else:
            socket.send_multipart([sender, b"", header, b"", message, subsystem, b"pong", *arguments[1:]])

    serving.serve(zmq.ROUTER, answer)


if __name__ == "__main__":
    main()
