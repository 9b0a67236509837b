"""A ROUTER by its handshake that then does harm to its clients. The argument says which:

  bad_command   a command without a name after READY, which ends the I/O thread of a NetMQ 4.0 client
  endless       a message whose frames never end
"""

import socket
import sys
import threading

import control
import wire

BAD_COMMAND = b"\x04\x00"


def serve(connection, kind):
    try:
        wire.greet(connection, b"ROUTER", minor=0)
        if kind == "bad_command":
            connection.sendall(BAD_COMMAND)
        while kind == "endless":
            connection.sendall((b"\x01\xff" + b"x" * 255) * 1000)
        while connection.recv(4096):
            pass
    except OSError:
        pass
    finally:
        connection.close()


def follow():
    commands = control.Control()
    while True:
        for command in commands.read():
            control.error(command)


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    control.ready(listener.getsockname()[1])
    threading.Thread(target=follow, daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, sys.argv[1]), daemon=True).start()


main()
