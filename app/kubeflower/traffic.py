"""The bytes that have gone over the clients' streams since this process started."""

import threading


class Traffic:
    """Counts the frames of all streams, without what gRPC and TLS add."""

    def __init__(self) -> None:
        self.sent = 0
        """Bytes to clients."""
        self.received = 0
        """Bytes from clients."""
        self._lock = threading.Lock()

    def count_sent(self, frame: bytes) -> bytes:
        """Count a frame that goes to a client; returns it."""
        with self._lock:
            self.sent += len(frame)
        return frame

    def count_received(self, frame: bytes) -> bytes:
        """Count a frame that has come from a client; returns it."""
        with self._lock:
            self.received += len(frame)
        return frame
