"""One address after the other, over connections that stay open, with a limit to everything that a server can do.

requests asks, which Sphinx needs anyway, and CacheControl knows what may be kept and how to ask whether it still holds
(RFC 9111). httpx with hishel was tried beside them: it brings seven packages more for the same. Of CacheControl only
the rules are used, not its adapter for requests, which reads on without a limit of time or of unpacked bytes, forgets
what has a ``Last-Modified`` and no ``ETag``, and follows redirects that it has kept unasked.

No message has anything of a query, of a header or of another library's error: there may be secrets in them.
"""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import requests
from cachecontrol.cache import BaseCache
from cachecontrol.controller import CacheController
from requests import adapters
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.fleet.addresses import is_loopback, refusal
from sphinx_poetry_ext.fleet.kept import Records

if TYPE_CHECKING:
    from sphinx_poetry_ext.fleet.limits import Limits

_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
_local = threading.local()


class NoReport(Exception):
    """Why an address has nothing to read, in words that follow the address."""


class _TryAgain(NoReport):
    """What may pass; *pause* is how long the server asks to wait, in seconds."""

    def __init__(self, message: str, pause: float = 0) -> None:
        super().__init__(message)
        self.pause = pause


class Exchange:
    """For one thread. *folder* is for what servers let clients keep; without one nothing is kept."""

    def __init__(self, folder: Path | None, limits: Limits, stopped: threading.Event) -> None:
        self._limits = limits
        self._stopped = stopped
        self._rules = None if folder is None else CacheController(_HttpCache(folder / "http"))
        self._session = _Session()
        self._session.headers.update(
            {
                "User-Agent": f"sphinx-poetry-ext/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        # Proxies and certificates of the environment count. What .netrc has for a host does not: a board names hosts
        # that other people chose.
        self._session.auth = _nobody
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(pool_connections=4, pool_maxsize=1, max_retries=0))

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, address: str) -> bytes:
        """The bytes at *address*, unpacked.

        :raises NoReport: when there are none, or none that can be a report.
        """
        clock = _Clock(self._limits.total)
        try:
            return self._persistently(address, clock)
        finally:
            clock.stop()

    def _persistently(self, address: str, clock: _Clock) -> bytes:
        tries = self._limits.retries + 1
        for tried in range(1, tries + 1):
            try:
                return self._follow(address, clock)
            except _TryAgain as error:
                pause = max(error.pause, self._limits.pause * 2 ** (tried - 1))
                if tried == tries or pause >= clock.left or self._stopped.wait(pause):
                    raise NoReport(str(error)) from error
        raise AssertionError  # the last one raises or returns

    def _follow(self, address: str, clock: _Clock) -> bytes:
        here = address
        for _ in range(self._limits.redirects + 1):
            if why := refusal(here):
                raise NoReport(f"redirects to an address that {why.partition(':')[0]}" if here != address else why)
            if here != address and is_loopback(here) and not is_loopback(address):
                raise NoReport("redirects to this machine, where it has no business")
            answer = self._ask_once(here, clock)
            if isinstance(answer, bytes):
                return answer
            here = _joined(here, answer)
        raise NoReport(f"redirects more than {self._limits.redirects} times")

    def _ask_once(self, address: str, clock: _Clock) -> bytes | str:
        """What *address* answers: bytes, or where it redirects to."""
        request = self._session.prepare_request(requests.Request("GET", address))
        if (kept := self._still_fresh(request)) is not None:
            return kept
        settings = self._session.merge_environment_settings(address, {}, True, None, None)
        if is_loopback(address):
            settings["proxies"] = {}
        limits = self._limits
        try:
            timeout = (min(limits.connect, clock.left), min(limits.read, clock.left))
            response = self._session.send(request, allow_redirects=False, timeout=timeout, **settings)
            try:
                return self._answer(request, response, clock)
            finally:
                response.close()
        except (requests.RequestException, urllib3_errors.HTTPError, OSError, ValueError) as error:
            if clock.is_over:
                raise NoReport(self._too_long) from None
            raise _in_words(error, limits) from None

    @property
    def _too_long(self) -> str:
        return f"took longer than {self._limits.total:g} seconds"

    def _answer(self, request: requests.PreparedRequest, response: requests.Response, clock: _Clock) -> bytes | str:
        status, raw = response.status_code, response.raw
        if status in _REDIRECTS and (location := response.headers.get("Location")):
            return location
        if status == HTTPStatus.NOT_MODIFIED and (updated := self._updated(request, raw)) is not None:
            return updated
        if status in _BUSY:
            raise _TryAgain(_refused(status), _seconds(response.headers.get("Retry-After")))
        if status != HTTPStatus.OK:
            raise NoReport(_refused(status))
        packed = self._read(raw, clock)
        data = self._unpacked(packed, raw.headers.get("Content-Encoding", ""))
        _check_is_json(data, response.headers.get("Content-Type", ""))
        self._remember(request, raw, packed)
        return data

    def _read(self, raw: HTTPResponse, clock: _Clock) -> bytes:
        """As it comes, piece by piece: neither more than is wanted nor longer than there is time."""
        most = self._limits.size
        if (raw.length_remaining or 0) > most:
            raise NoReport(self._too_big)
        data = bytearray()
        while piece := raw.read1(_PIECE, decode_content=False):
            data += piece
            if len(data) > most:
                raise NoReport(self._too_big)
            if clock.is_over:
                raise NoReport(self._too_long)
        if clock.is_over:  # whose end looks like that of the answer
            raise NoReport(self._too_long)
        return bytes(data)

    @property
    def _too_big(self) -> str:
        return f"answered with more than {self._limits.size:,} bytes, too many for a report"

    def _unpacked(self, data: bytes, encoding: str) -> bytes:
        encoding = encoding.strip().lower()
        if encoding in {"", "identity"}:
            return data
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise NoReport("answered in an encoding that nobody asked for")
        # deflate: with the head that is due to it, or without, as some servers send it.
        for bits in (31,) if "gzip" in encoding else (15, -15):
            unpacking = zlib.decompressobj(bits)
            with suppress(zlib.error):
                found = unpacking.decompress(data, self._limits.size + 1)
                if len(found) > self._limits.size:
                    raise NoReport(f"{self._too_big} (unpacked)")
                if unpacking.eof:
                    return found
        raise _TryAgain("answered with something that cannot be unpacked")

    # -- what is kept -------------------------------------------------------------------------------------------------

    def _still_fresh(self, request: requests.PreparedRequest) -> bytes | None:
        """What was kept and still holds; else what to ask with is in the headers of *request*."""
        if self._rules is None:
            return None
        with suppress(*_NOT_USABLE):
            if kept := self._rules.cached_request(request):
                return self._unpacked_again(kept)
            request.headers.update(self._rules.conditional_headers(request))
        return None

    def _updated(self, request: requests.PreparedRequest, raw: HTTPResponse) -> bytes | None:
        if self._rules is None:
            return None
        try:
            kept = self._rules.update_cached_response(request, raw)
            return None if kept is raw else self._unpacked_again(kept)
        except _NOT_USABLE:
            return None

    def _unpacked_again(self, kept: Any) -> bytes:
        return self._unpacked(kept.read(decode_content=False), kept.headers.get("Content-Encoding", ""))

    def _remember(self, request: requests.PreparedRequest, raw: HTTPResponse, packed: bytes) -> None:
        if self._rules is None:
            return
        headers = raw.headers
        if "Last-Modified" in headers and not {"etag", "expires"} & {name.lower() for name in headers}:
            # For CacheControl to keep it: it does not hold any longer, and can be asked for again.
            headers["Expires"] = headers.get("Date", "")
        with suppress(*_NOT_USABLE):
            self._rules.cache_response(request, raw, packed)


_NOT_USABLE = (ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError, OverflowError, NoReport)
"""What CacheControl raises for headers that no server should send, and for what was kept by another version of it."""


class _HttpCache(BaseCache):
    """Where CacheControl's rules keep answers."""

    def __init__(self, folder: Path) -> None:
        self._records = Records(folder)

    def get(self, key: str) -> bytes | None:
        found = self._records.get(key)
        return None if found is None else found.data

    def set(self, key: str, value: bytes, expires: int | datetime | None = None) -> None:  # noqa: ARG002  # CacheControl's
        self._records.put(key, value, datetime.now(UTC))

    def delete(self, key: str) -> None:
        """Nothing: what does not hold any longer is still good to ask with, by its ``Last-Modified``."""


# -- time ---------------------------------------------------------------------------------------------------------


class _Clock:
    """The time for one address. When it is over, the connection in use is cut: a server that sends a byte now and then
    would never let a reader go.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        _local.clock = self

    @property
    def left(self) -> float:
        """Seconds; never none, which would mean no limit at all."""
        return max(self._end - time.monotonic(), 0.001)

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return self._is_cut or time.monotonic() >= self._end

    def watch(self, used: socket.socket | None) -> None:
        """Cut this one when the time is over."""
        with self._lock:
            self._socket = used
        if self._is_cut:
            self._cut()

    def stop(self) -> None:
        """Cut nothing any more."""
        self._timer.cancel()
        self.watch(None)
        _local.clock = None

    def _cut(self) -> None:
        with self._lock:
            self._is_cut = True
            if isinstance(self._socket, socket.socket):
                with suppress(OSError):
                    # Not that of an SSLSocket, which pulls the rug from under who reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _watch(used: socket.socket | None) -> None:
    clock: _Clock | None = getattr(_local, "clock", None)
    if clock is not None:
        clock.watch(used)


class _Connection(HTTPConnection):
    """A connection whose socket the clock of its thread knows."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _watch(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    """The same over TLS."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _watch(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  # requests' own
        """None that requests is to see: it would read all that comes with a redirect, however much that is."""
        return None


class _Adapter(adapters.HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager


# -- words ------------------------------------------------------------------------------------------------------------


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _joined(address: str, location: str) -> str:
    try:
        # As requests has it: servers send UTF-8, and http.client takes it for Latin-1.
        return urljoin(address, location.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return urljoin(address, location)
    except ValueError:
        return location


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _refused(status: int) -> str:
    try:
        phrase = f" ({HTTPStatus(status).phrase})"
    except ValueError:
        phrase = ""
    return f"answered {status}{phrase}"


def _check_is_json(data: bytes, kind: str) -> None:
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{":
        return
    if start == b"<" or "html" in kind.lower():
        raise NoReport("answered with HTML, as servers do for errors and logins, not with a report")
    raise NoReport("answered with nothing" if not start else "answered with something that is no report in JSON")


def _in_words(error: Exception, limits: Limits) -> NoReport:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoReport(f"has a certificate that is not trusted here ({cause.verify_message.rstrip('.')})")
        if isinstance(cause, ssl.SSLError):
            return NoReport("cannot be talked to over TLS")
        if isinstance(cause, socket.gaierror):
            return _TryAgain("has a host that is not known here")
    if isinstance(error, requests.exceptions.ProxyError):
        return _TryAgain("is behind a proxy that does not answer")
    if any(getattr(cause, "errno", None) == errno.ECONNREFUSED for cause in causes):
        return _TryAgain("refused the connection")
    if isinstance(error, requests.ConnectTimeout):
        return _TryAgain(f"could not be connected to within {limits.connect:g} seconds")
    if any(isinstance(cause, requests.Timeout | urllib3_errors.TimeoutError | TimeoutError) for cause in causes):
        return _TryAgain(f"sent nothing for {limits.read:g} seconds")
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError):
        return NoReport("is no address that can be asked")
    return _TryAgain("broke off before its answer was whole")


def _causes(error: BaseException) -> list[BaseException]:
    """*error* and what it is made of: libraries wrap errors in errors, as arguments and as reasons."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop(0)
        if one in found:
            continue
        found.append(one)
        more = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [item for item in more if isinstance(item, BaseException)]
    return found
