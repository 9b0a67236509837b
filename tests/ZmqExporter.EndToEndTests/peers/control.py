"""What the peers share: a "ready PORT" line, commands on standard input, and an end with it."""

import os
import sys


class Control:
    """Reads commands without a thread: the descriptor can be polled beside a socket."""

    def __init__(self):
        self.fd = sys.stdin.fileno()
        self._rest = b""

    def read(self):
        """Waits for at least one whole line and returns all of them; ends the process at the end of the input."""
        while b"\n" not in self._rest:
            data = os.read(self.fd, 4096)
            if not data:
                os._exit(0)  # the tests are gone: leave without waiting for any socket
            self._rest += data
        *lines, self._rest = self._rest.split(b"\n")
        return [line.decode() for line in lines]


def ready(port):
    """Tells the tests that the server listens."""
    print(f"ready {port}", flush=True)


def ok(command):
    """Tells the tests that a command is obeyed from now on."""
    print(f"ok {command}", flush=True)


def error(command):
    """Tells the tests that a command is unknown."""
    print(f"error {command}", flush=True)
