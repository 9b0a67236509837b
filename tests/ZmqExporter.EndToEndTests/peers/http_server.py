"""An HTTP server, on a port where somebody expects ZeroMQ."""

import http.server
import threading

import control


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    control.ready(server.server_address[1])
    commands = control.Control()
    while True:
        for command in commands.read():
            control.error(command)


if __name__ == "__main__":
    main()
