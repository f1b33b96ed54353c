"""Servers on the loopback interface that answer as they are told, and remember what they were asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """What a server was asked; the methods answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer as the path is to be answered."""
        site = self.server.site
        with site.lock:
            site.asked.append(self.path)
            site.headers.append(dict(self.headers.items()))
        site.answers[self.path.partition("?")[0]](self)

    def send(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Answer with *body*."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def without_end(self, piece: bytes, *, every: float = 0, headers: Mapping[str, str] | None = None) -> None:
        """Answer with *piece*, again and again, until nobody listens any more; count what went out."""
        self.close_connection = True
        self.send_response(200)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.repeat(piece, every=every)

    def repeat(self, piece: bytes, *, every: float = 0) -> None:
        """The same without a head."""
        self.close_connection = True
        site = self.server.site
        try:
            while not site.over.wait(every) if every else not site.over.is_set():
                self.wfile.write(piece)
                with site.lock:
                    site.sent += len(piece)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """A server that knows its site."""

    daemon_threads = True
    request_queue_size = 128
    site: Site

    def handle_error(self, *_: object) -> None:
        """Nothing: clients leave in the middle of what is sent here."""


@dataclass
class Site:
    """What is served, and what was asked for."""

    url: str
    answers: dict[str, Answer]
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    lock: Lock = field(default_factory=Lock)
    over: Event = field(default_factory=Event)


@contextmanager
def serve(answers: Mapping[str, Answer], *, context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve *answers*, by path, as long as the block lasts."""
    with Server(("127.0.0.1", 0), Request) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "http" if context is None else "https"
        server.site = site = Site(f"{scheme}://127.0.0.1:{server.server_port}", dict(answers))
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()
            thread.join()
