"""A package index of the tests' own, on the loopback interface: small wheels made on the spot, served as PEP 503 says.

Real Poetry, pip and build work with it, so tests with them are quick, need no network and see the same everywhere.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, unquote

from sphinx_poetry_ext.project.model import normalize_name

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wheel:
    """One release of one package, with a module of its name that holds its version."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    """PEP 508 strings, as in ``Requires-Dist``."""
    python: str = ">=3.8"
    extras: tuple[str, ...] = ()
    tag: str = "py3-none-any"
    yanked: bool = False
    modules: tuple[tuple[str, str], ...] = ()
    """File names and texts of what it installs, where a module that holds the version is not enough."""
    summary: str = ""

    @property
    def file(self) -> str:
        """The wheel's file name."""
        return f"{normalize_name(self.name).replace('-', '_')}-{self.version}-{self.tag}.whl"

    def metadata(self) -> bytes:
        """The core metadata."""
        fields = [("Metadata-Version", "2.1"), ("Name", self.name), ("Version", self.version)]
        fields += [("Requires-Python", self.python), ("Summary", self.summary or f"The package {self.name}")]
        fields += [("Provides-Extra", extra) for extra in self.extras]
        fields += [("Requires-Dist", requirement) for requirement in self.requires]
        return "".join(f"{key}: {value}\n" for key, value in fields).encode()

    def data(self) -> bytes:
        """The same bytes each time."""
        module = normalize_name(self.name).replace("-", "_")
        info = f"{module}-{self.version}.dist-info"
        modules = self.modules or ((f"{module}.py", f'__version__ = "{self.version}"\n'),)
        files = {
            **{name: text.encode() for name, text in modules},
            f"{info}/METADATA": self.metadata(),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {self.tag}\n".encode(),
        }
        record = "".join(f"{name},{record_hash(content)},{len(content)}\n" for name, content in files.items())
        files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
        return buffer.getvalue()

    def sha256(self) -> str:
        """The wheel's digest, in hexadecimal."""
        return hashlib.sha256(self.data()).hexdigest()


def record_hash(content: bytes) -> str:
    """A digest as RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


@dataclass
class Index:
    """An index that is being served."""

    host: str
    """``127.0.0.1:PORT``"""
    requests: list[str]
    """The paths that were asked for, in this order."""

    @property
    def url(self) -> str:
        """The address for pip and Poetry, without credentials."""
        return f"http://{self.host}/simple/"

    @property
    def uploads(self) -> str:
        """The address to which `poetry publish` and twine send releases; what is sent is served as long as this is."""
        return f"http://{self.host}/legacy/"

    def environment(self) -> Mapping[str, str]:
        """Variables with which Poetry and pip take everything from here."""
        return {"POETRY_PYPI_MIRROR_URL": self.url, "PIP_INDEX_URL": self.url, "PIP_CONFIG_FILE": "/dev/null"}


@contextmanager
def serve(wheels: Iterable[Wheel], *, login: tuple[str, str] | None = None) -> Iterator[Index]:
    """Serve *wheels* as long as the block lasts; with *login*, a name and a password, to nobody else."""
    by_name: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        by_name.setdefault(normalize_name(wheel.name), []).append(wheel)
    files: dict[str, bytes] = {}
    for wheel in (wheel for group in by_name.values() for wheel in group):
        files[f"/files/{wheel.file}"] = wheel.data()
        files[f"/files/{wheel.file}.metadata"] = wheel.metadata()
    asked: list[str] = []
    uploaded: dict[str, list[str]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0])
            asked.append(path)
            if login and self.headers.get("Authorization") != _basic(*login):
                self._answer(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="index"'})
            elif path in files:
                self._answer(200, files[path], "application/octet-stream")
            elif path.rstrip("/") == "/simple":
                self._answer(200, _page((name, f"/simple/{name}/", {}) for name in by_name), "text/html")
            elif path.startswith("/simple/") and (sent := uploaded.get(normalize_name(path.split("/")[2]))):
                self._answer(
                    200, _page((name, _hashed(name, files[f"/files/{name}"]), {}) for name in sent), "text/html"
                )
            elif path.startswith("/simple/") and (found := by_name.get(normalize_name(path.split("/")[2]))):
                self._answer(200, _page(_links(found)), "text/html")
            else:
                self._answer(404, b"not here", "text/plain")

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            if login and self.headers.get("Authorization") != _basic(*login):
                self._answer(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="index"'})
                return
            kind = self.headers["Content-Type"].encode()
            form = {
                str(part.get_param("name", header="Content-Disposition")): part
                for part in BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body).walk()
                if not part.is_multipart()
            }
            file = form["content"].get_filename() or ""
            if f"/files/{file}" in files:
                self._answer(409, b"", "text/plain")
                return
            files[f"/files/{file}"] = form["content"].get_payload(decode=True)
            uploaded.setdefault(normalize_name(form["name"].get_payload()), []).append(file)
            self._answer(200, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] = {}) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Index(f"127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _links(wheels: Sequence[Wheel]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    for wheel in wheels:
        attributes = {"data-requires-python": wheel.python}
        attributes["data-dist-info-metadata"] = f"sha256={hashlib.sha256(wheel.metadata()).hexdigest()}"
        if wheel.yanked:
            attributes["data-yanked"] = "broken"
        yield wheel.file, f"/files/{quote(wheel.file)}#sha256={wheel.sha256()}", attributes


def _hashed(file: str, data: bytes) -> str:
    return f"/files/{quote(file)}#sha256={hashlib.sha256(data).hexdigest()}"


def _page(links: Iterable[tuple[str, str, Mapping[str, str]]]) -> bytes:
    items = "".join(
        f'<a href="{escape(url)}"{"".join(f" {key}={chr(34)}{escape(value)}{chr(34)}" for key, value in more.items())}>'
        f"{escape(text)}</a><br>\n"
        for text, url, more in links
    )
    return f"<!DOCTYPE html><html><body>\n{items}</body></html>\n".encode()
