"""A real IPython kernel, started as a notebook server starts one: it prints the port of its heartbeat.

--wrong-port   prints the port of its shell channel instead
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import control

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(port, kernel):
    """Waits until the kernel listens: it imports half of IPython first."""
    while kernel.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit("the kernel ended before it listened")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong-port", action="store_true")
    wrong_port = parser.parse_args().wrong_port

    ports = dict(zip((f"{channel}_port" for channel in CHANNELS), free_ports(len(CHANNELS))))
    connection = {"ip": "127.0.0.1", "transport": "tcp", "key": "secret", "signature_scheme": "hmac-sha256", **ports}
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "kernel.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(connection, file)
        environment = {**os.environ, "IPYTHONDIR": directory, "JUPYTER_RUNTIME_DIR": directory}
        # What the kernel reports goes to our standard output: on standard error it would look like an exception of this script.
        kernel = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", path], env=environment, stdin=subprocess.DEVNULL, stderr=sys.stdout
        )
        try:
            wait_for(ports["hb_port"], kernel)
            control.ready(ports["shell_port" if wrong_port else "hb_port"])
            for line in sys.stdin:  # to the end: the tests are gone then
                command = line.strip()
                if command in ("stop", "continue"):
                    kernel.send_signal(signal.SIGSTOP if command == "stop" else signal.SIGCONT)
                    control.ok(command)
                else:
                    control.error(command)
        finally:
            kernel.kill()
            kernel.wait()


if __name__ == "__main__":
    main()
