"""Ports for the processes of tests."""

import secrets
import socket

# Below those that the system gives to outgoing connections: one of them could hold the port when, minutes later, a site begins.
LOWEST, HIGHEST = 20_000, 32_000


def free_port() -> int:
    """A port that nothing holds."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
