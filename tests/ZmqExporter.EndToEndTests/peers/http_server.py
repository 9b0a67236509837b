"""An HTTP server, on a port where somebody expects ZeroMQ."""

import http.server
import sys
import threading

import control


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # A client may leave when it likes: that is no fault of this script, whose exceptions fail the test.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    server = Server(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    control.ready(server.server_address[1])
    commands = control.Control()
    while True:
        for command in commands.read():
            control.error(command)


if __name__ == "__main__":
    main()
