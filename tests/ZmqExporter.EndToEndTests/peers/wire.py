"""ZMTP 3.x as bytes (RFC 37): what the peers share that speak it without libzmq."""

import struct

MORE, LONG, COMMAND = 1, 2, 4
GREETING_LENGTH = 64


def greeting(minor):
    """The greeting of a NULL peer of ZMTP 3.minor. The padding is not zero: libzmq writes the identity's length + 1 there."""
    return b"\xff" + bytes(7) + b"\x01\x7f\x03" + bytes([minor]) + b"NULL".ljust(20, b"\0") + bytes(32)


def frame(body, flags=0):
    """A frame of at most 255 bytes."""
    return bytes([flags, len(body)]) + body


def ready(kind):
    """The READY of a socket of this type, such as b"ROUTER"."""
    return frame(b"\x05READY\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind, COMMAND)


def read(connection, count):
    """Reads as many bytes from a socket; raises ConnectionError, which is an OSError, when the other side ends it before."""
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def read_frame(connection):
    """Reads a frame; returns its flags and its body."""
    flags = read(connection, 1)[0]
    size = struct.unpack(">Q", read(connection, 8))[0] if flags & LONG else read(connection, 1)[0]
    return flags, read(connection, size)


def greet(connection, kind, minor):
    """The whole handshake of a server, in lockstep with the client."""
    connection.sendall(greeting(minor))
    read(connection, GREETING_LENGTH)
    connection.sendall(ready(kind))
    read_frame(connection)
