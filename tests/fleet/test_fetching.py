"""Fetching from servers that do all that servers do."""

from __future__ import annotations

import builtins
import gzip
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.fleet.addresses import shown
from sphinx_poetry_ext.fleet.fetching import Fetcher
from sphinx_poetry_ext.fleet.kept import Good, Kept, Records
from sphinx_poetry_ext.fleet.limits import Limits

from .servers import Request, Site, serve

DATA = b'{"version": 1}'
QUICK = Limits(connect=2, read=2, total=20, size=50_000, pause=0.01)
NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve({"/good": lambda request: request.send(DATA)}) as site:
        yield site


def problem(cache: Path, address: str, limits: Limits = QUICK) -> str:
    (fetched,) = Fetcher(cache, limits=limits).fetch([address])
    assert fetched.data is None
    assert fetched.problem
    return fetched.problem


def data(cache: Path, address: str, limits: Limits = QUICK) -> bytes:
    (fetched,) = Fetcher(cache, limits=limits).fetch([address])
    assert fetched.problem is None
    assert fetched.data is not None
    return fetched.data


def test_a_report(tmp_path: Path, site: Site) -> None:
    assert data(tmp_path, f"{site.url}/good") == DATA
    (headers,) = site.headers
    assert headers["User-Agent"] == f"sphinx-poetry-ext/{__version__}"
    assert not {"Authorization", "Cookie"} & set(headers)


def test_nothing_is_asked_for_nothing(tmp_path: Path) -> None:
    assert list(Fetcher(tmp_path).fetch([])) == []


def test_each_address_is_asked_once(tmp_path: Path, site: Site) -> None:
    found = list(Fetcher(tmp_path, limits=QUICK).fetch([f"{site.url}/good"] * 3))
    assert len(found) == len(site.asked) == 1


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://acme.example/r", "is not encrypted"),
        ("file:///etc/passwd", "is not of the web"),
        ("https://jo:s3cret@acme.example/r", "has a name, a password or a token in it"),
        ("https://acme.example/r?token=s3cret", "has a name, a password or a token in it"),
        ("https:///r", "is no address"),
        ("https://[::1/r", "is no address"),
        ("r.json", "is no address"),
        ("http://127.0.0.1.acme.example/r", "is not encrypted"),
        ("http://127.0.0.1\\@acme.example/r", "is no address"),
    ],
)
def test_addresses_that_are_not_asked(tmp_path: Path, address: str, expected: str) -> None:
    found = problem(tmp_path, address)
    assert found.startswith(expected)
    assert "s3cret" not in found


def test_addresses_are_shown_without_secrets() -> None:
    assert shown("https://jo:s3cret@acme.example:80/a?key=s3cret#s3cret") == "https://acme.example:80/a"
    assert shown("https://[::1/") == "an address that cannot be read"


# -- redirects --------------------------------------------------------------------------------------------------------


def to(where: str, status: int = 302) -> Callable[[Request], None]:
    return lambda request: request.send(b"", status, {"Location": where})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(tmp_path: Path, site: Site, status: int) -> None:
    site.answers |= {"/1": to("/2", status), "/2": to(f"{site.url}/good", status)}
    assert data(tmp_path, f"{site.url}/1") == DATA
    assert data(tmp_path, f"{site.url}/1") == DATA
    assert site.asked == ["/1", "/2", "/good"] * 2


def test_redirects_in_a_circle(tmp_path: Path, site: Site) -> None:
    site.answers |= {"/1": to("/2"), "/2": to("/1")}
    assert problem(tmp_path, f"{site.url}/1") == "redirects more than 5 times"
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("http://acme.example/r?key=s3cret", "redirects to an address that is not encrypted"),
        ("file:///etc/passwd", "redirects to an address that is not of the web"),
        ("https://jo:s3cret@acme.example/", "redirects to an address that has a name, a password or a token in it"),
        ("https://[s3cret", "redirects to an address that is no address"),
    ],
)
def test_redirects_elsewhere(tmp_path: Path, site: Site, where: str, expected: str) -> None:
    site.answers["/1"] = to(where)
    assert problem(tmp_path, f"{site.url}/1") == expected
    assert site.asked == ["/1"]


def test_what_comes_with_a_redirect_is_not_read(tmp_path: Path, site: Site) -> None:
    def answer(request: Request) -> None:
        request.send_response(302)
        request.send_header("Location", "/good")
        request.end_headers()
        request.repeat(bytes(4096))

    site.answers["/1"] = answer
    assert data(tmp_path, f"{site.url}/1") == DATA
    assert site.sent < 20_000_000


def test_a_redirect_in_another_alphabet(tmp_path: Path, site: Site) -> None:
    site.answers |= {"/1": to("/caf\xc3\xa9"), "/caf%C3%A9": to("/\xe9"), "/%C3%A9": to("/good")}
    assert data(tmp_path, f"{site.url}/1") == DATA


def test_a_redirect_from_elsewhere_to_this_machine(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from sphinx_poetry_ext.fleet import exchange

    monkeypatch.setattr(exchange.Exchange, "_ask_once", lambda *_: f"{site.url}/good")
    assert problem(tmp_path, "https://acme.example/r") == "redirects to this machine, where it has no business"
    assert site.asked == []


# -- what servers answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected", "asked"),
    [
        (lambda r: r.send(b"gone", 404), "answered 404 (Not Found)", 1),
        (lambda r: r.send(b"", 403), "answered 403 (Forbidden)", 1),
        (lambda r: r.send(b"", 299), "answered 299", 1),
        (lambda r: r.send(b"", 302), "answered 302 (Found)", 1),
        (lambda r: r.send(b"", 304), "answered 304 (Not Modified)", 1),
        (lambda r: r.send(b"", 503), "answered 503 (Service Unavailable)", 3),
        (lambda r: r.send(b"", 429, {"Retry-After": "0"}), "answered 429 (Too Many Requests)", 3),
        (lambda r: r.send(b"", 429, {"Retry-After": "3600"}), "answered 429 (Too Many Requests)", 1),
        (lambda r: r.send(b"\n<!DOCTYPE html>"), "answered with HTML, as servers do for errors and logins", 1),
        (lambda r: r.send(b"hi", 200, {"Content-Type": "text/html"}), "answered with HTML", 1),
        (lambda r: r.send(b"hi"), "answered with something that is no report in JSON", 1),
        (lambda r: r.send(b""), "answered with nothing", 1),
        (lambda r: r.send(DATA, 200, {"Content-Encoding": "br"}), "answered in an encoding that nobody asked for", 1),
        (
            lambda r: r.send(DATA, 200, {"Content-Encoding": "gzip"}),
            "answered with something that cannot be unpacked",
            3,
        ),
        (
            lambda r: r.send(gzip.compress(DATA)[:-9], 200, {"Content-Encoding": "gzip"}),
            "answered with something that cannot be unpacked",
            3,
        ),
    ],
)
def test_answers_that_are_no_reports(
    tmp_path: Path, site: Site, answer: Callable[[Request], None], expected: str, asked: int
) -> None:
    site.answers["/r"] = answer
    assert problem(tmp_path, f"{site.url}/r?key=s3cret").startswith(expected)
    assert len(site.asked) == asked


def test_a_server_that_is_busy_for_a_while(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(DATA, 200 if len(site.asked) == 3 else 500)
    assert data(tmp_path, f"{site.url}/r") == DATA


def _deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(DATA)), ("deflate", zlib.compress(DATA)), ("deflate", _deflate(DATA)), ("identity", DATA)],
    ids=["gzip", "zlib", "deflate", "identity"],
)
def test_packed(tmp_path: Path, site: Site, encoding: str, body: bytes) -> None:
    site.answers["/r"] = lambda r: r.send(body, 200, {"Content-Encoding": encoding, "ETag": '"1"'})
    for _ in range(2):
        assert data(tmp_path, f"{site.url}/r") == DATA


def test_chunks(tmp_path: Path, site: Site) -> None:
    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"3\r\n" + DATA[:3] + b"\r\n" + b"%x\r\n" % len(DATA[3:]) + DATA[3:] + b"\r\n0\r\n\r\n")

    site.answers["/r"] = answer
    assert data(tmp_path, f"{site.url}/r") == DATA
    assert data(tmp_path, f"{site.url}/r") == DATA


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(2 * 10**9)}])
def test_zeros_without_end(tmp_path: Path, site: Site, headers: dict[str, str]) -> None:
    site.answers["/r"] = lambda request: request.without_end(bytes(4096), headers=headers)
    assert problem(tmp_path, f"{site.url}/r") == "answered with more than 50,000 bytes, too many for a report"
    # Besides what is read, what fits into the buffers of both ends.
    assert site.sent < 20_000_000


def test_a_bomb(tmp_path: Path, site: Site) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < QUICK.size
    site.answers["/r"] = lambda request: request.send(bomb, 200, {"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        assert problem(tmp_path, f"{site.url}/r").endswith("too many for a report (unpacked)")
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()
    assert len(site.asked) == 1


SLOW = Limits(connect=2, read=5, total=0.5, pause=0.01)


def test_a_body_that_drips(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.without_end(b" ", every=0.02)
    assert problem(tmp_path, f"{site.url}/r", SLOW) == "took longer than 0.5 seconds"


def test_a_head_that_drips(tmp_path: Path, site: Site) -> None:
    def answer(request: Request) -> None:
        request.send_response(200)
        request.flush_headers()
        request.repeat(b"X", every=0.02)

    site.answers["/r"] = answer
    assert problem(tmp_path, f"{site.url}/r", SLOW) == "took longer than 0.5 seconds"


def test_the_size_of_a_chunk_that_drips(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.without_end(b"0", every=0.02, headers={"Transfer-Encoding": "chunked"})
    assert problem(tmp_path, f"{site.url}/r", SLOW) == "took longer than 0.5 seconds"


def test_a_server_that_says_nothing(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.server.site.over.wait() and None
    limits = Limits(read=0.1, total=20, pause=0.01)
    assert problem(tmp_path, f"{site.url}/r", limits) == "sent nothing for 0.1 seconds"
    assert len(site.asked) == 3
    assert problem(tmp_path, f"{site.url}/r", SLOW._replace(total=0.2)) == "took longer than 0.2 seconds"


def test_an_answer_that_breaks_off(tmp_path: Path, site: Site) -> None:
    def answer(request: Request) -> None:
        request.send(DATA, 200, {"Content-Length": "1000"})
        request.close_connection = True

    site.answers["/r"] = answer
    assert problem(tmp_path, f"{site.url}/r") == "broke off before its answer was whole"
    assert len(site.asked) == 3


def test_a_clock_that_is_over_cuts_what_comes_later() -> None:
    from sphinx_poetry_ext.fleet.exchange import _Clock

    ours, theirs = socket.socketpair()
    with ours, theirs:
        clock = _Clock(0)
        clock._timer.join()
        clock.watch(ours)
        assert theirs.recv(1) == b""
        clock.stop()
    assert clock.left > 0


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/r"
        assert problem(tmp_path, address) == "refused the connection"


def test_no_such_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "acme.example s3cret")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert problem(tmp_path, "https://acme.example/r") == "has a host that is not known here"


def test_a_host_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    assert problem(tmp_path, "https://acme.example/r") == "could not be connected to within 2 seconds"


def test_no_http(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.wfile.write(b"220 mail.acme.example\r\n") and None
    assert problem(tmp_path, f"{site.url}/r") == "broke off before its answer was whole"


def test_many_with_half_of_them_dead(tmp_path: Path, site: Site) -> None:
    for number in range(0, 200, 2):
        site.answers[f"/{number}"] = site.answers["/good"]
    dead = [
        lambda r: r.send(b"", 500),
        lambda r: r.send(b"<html>"),
        to("file:///"),
        lambda r: r.without_end(bytes(9999)),
    ]
    for number in range(1, 200, 2):
        site.answers[f"/{number}"] = dead[number // 2 % len(dead)]
    found = {
        fetched.address: fetched
        for fetched in Fetcher(tmp_path, limits=QUICK).fetch(f"{site.url}/{n}" for n in range(200))
    }
    assert len(found) == 200
    assert all(found[f"{site.url}/{number}"].data == DATA for number in range(0, 200, 2))
    assert all(found[f"{site.url}/{number}"].problem for number in range(1, 200, 2))


# -- TLS, proxies, credentials ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def _context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_certificates(tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"/r": lambda request: request.send(DATA), "/drip": lambda request: request.without_end(b" ", every=0.02)}
    with serve(answers, context=_context(authority, "127.0.0.1")) as site:
        found = problem(tmp_path, f"{site.url}/r")
        assert found.startswith("has a certificate that is not trusted here (")
        with authority.cert_pem.tempfile() as file:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", file)
            assert data(tmp_path, f"{site.url}/r") == DATA
            assert problem(tmp_path, f"{site.url}/drip", SLOW) == "took longer than 0.5 seconds"
            with serve(answers, context=_context(authority, "acme.example")) as other:
                assert "not trusted here" in problem(tmp_path, f"{other.url}/r")


def test_https_to_a_server_without(tmp_path: Path, site: Site) -> None:
    assert problem(tmp_path, f"{site.url.replace('http', 'https')}/good") == "cannot be talked to over TLS"


def test_proxies_of_the_environment(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://jo:s3cret@127.0.0.1:{free.getsockname()[1]}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free.getsockname()[1]}")
        assert problem(tmp_path, "https://acme.example/r") == "is behind a proxy that does not answer"
        assert data(tmp_path, f"{site.url}/good") == DATA  # this machine is behind none


def test_what_netrc_has_is_not_sent(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login jo password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert data(tmp_path, f"{site.url}/good") == DATA
    assert "Authorization" not in site.headers[0]


def test_cookies_are_not_kept(tmp_path: Path, site: Site) -> None:
    site.answers |= {"/1": lambda r: r.send(b"", 302, {"Location": "/good", "Set-Cookie": "a=b; Path=/"})}
    assert data(tmp_path, f"{site.url}/1") == DATA
    assert "Cookie" not in site.headers[1]


# -- what is kept -----------------------------------------------------------------------------------------------------


def tagged(header: str, value: str, question: str) -> Callable[[Request], None]:
    def answer(request: Request) -> None:
        if request.headers.get(question) == value:
            request.send_response(304)
            request.end_headers()
        else:
            request.send(DATA, 200, {header: value})

    return answer


@pytest.mark.parametrize(
    ("header", "value", "question"),
    [
        ("ETag", '"1"', "If-None-Match"),
        ("Last-Modified", "Wed, 31 Mar 2027 12:00:00 GMT", "If-Modified-Since"),
    ],
)
def test_what_has_not_changed_is_not_sent_again(
    tmp_path: Path, site: Site, header: str, value: str, question: str
) -> None:
    site.answers["/r"] = tagged(header, value, question)
    for _ in range(3):
        assert data(tmp_path, f"{site.url}/r") == DATA
    assert [question in headers for headers in site.headers] == [False, True, True]


def test_what_holds_for_a_while_is_not_asked_for(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(DATA, 200, {"Cache-Control": "max-age=3600"})
    for _ in range(2):
        assert data(tmp_path, f"{site.url}/r") == DATA
    assert len(site.asked) == 1


def test_what_is_not_to_be_kept_is_not(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(DATA, 200, {"Cache-Control": "no-store", "ETag": '"1"'})
    assert data(tmp_path, f"{site.url}/r") == DATA
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_no_report_is_not_kept(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(b"<html>", 200, {"ETag": '"1"'})
    problem(tmp_path, f"{site.url}/r")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_nothing_kept_names_an_address(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(DATA, 200, {"ETag": '"1"'})
    data(tmp_path, f"{site.url}/r?key=s3cret")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        head, _, packed = path.read_bytes().partition(b"\n")
        assert b"s3cret" not in str(path).encode() + head + zlib.decompress(packed)


def test_what_is_kept_of_something_that_answers_304_unasked(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(b"", 304)
    (fetched,) = Fetcher(tmp_path, limits=QUICK).fetch([f"{site.url}/r"])
    assert fetched.problem == "answered 304 (Not Modified)"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"when": 1}\n', b"\0" * 100, b'{"when": "2027-01-01"}\nx', None])
def test_damaged_files_are_as_none(tmp_path: Path, site: Site, damage: bytes | None) -> None:
    site.answers["/r"] = tagged("ETag", '"1"', "If-None-Match")
    assert data(tmp_path, f"{site.url}/r") == DATA
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes()[:-3] if damage is None else damage)
    assert data(tmp_path, f"{site.url}/r") == DATA
    assert "If-None-Match" not in site.headers[1]


def test_what_another_version_of_the_library_kept_is_as_none(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgpack

    site.answers["/r"] = tagged("ETag", '"1"', "If-None-Match")
    monkeypatch.setattr(Records, "get", lambda *_: Good(b"cc=4," + msgpack.dumps({"other": 1}), NOW))
    assert data(tmp_path, f"{site.url}/r") == DATA


def test_headers_that_no_server_should_send(tmp_path: Path, site: Site) -> None:
    site.answers["/r"] = lambda request: request.send(DATA, 200, {"Date": "today", "ETag": '"1"', "Expires": "soon"})
    for _ in range(2):
        assert data(tmp_path, f"{site.url}/r") == DATA


def test_a_folder_that_cannot_be_written(tmp_path: Path, site: Site) -> None:
    (tmp_path / "file").touch()
    site.answers["/r"] = tagged("ETag", '"1"', "If-None-Match")
    assert data(tmp_path / "file", f"{site.url}/r") == DATA


def test_the_last_good_report(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.last_good("https://acme.example/r") is None
    kept.keep("https://acme.example/r", DATA, NOW)
    kept.keep("https://acme.example/s", b"{}", NOW)
    assert Kept(tmp_path).last_good("https://acme.example/r") == (DATA, NOW)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        Kept(tmp_path).keep("https://acme.example/r", DATA, NOW)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# -- around it --------------------------------------------------------------------------------------------------------


def test_without_the_packages_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in {"requests", "cachecontrol", "platformdirs"}:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sphinx_poetry_ext.fleet.exchange", raising=False)
    monkeypatch.delattr("sphinx_poetry_ext.fleet.exchange", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    assert "sphinx-poetry-ext[board]" in problem(tmp_path, "https://acme.example/r")
    assert Fetcher().kept is None


def test_the_cache_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = Fetcher().kept
    assert kept is not None
    assert kept.folder.name == "board"


def test_whoever_stops_waits_for_nothing(tmp_path: Path, site: Site) -> None:
    entered = threading.Event()

    def answer(request: Request) -> None:
        entered.set()
        request.server.site.over.wait()

    site.answers |= {f"/{number}": answer for number in range(9)}
    fetching = Fetcher(tmp_path, limits=Limits(read=600, total=600), at_once=2).fetch(
        [f"{site.url}/good", *(f"{site.url}/{number}" for number in range(9))]
    )
    assert next(fetching).data == DATA
    assert entered.wait(60)
    fetching.close()  # as an interrupt does; returns although both are still being asked
    assert len(site.asked) < 5


def test_a_surprise_is_a_row(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from sphinx_poetry_ext.fleet.exchange import Exchange

    def get(*_: object) -> None:
        raise MemoryError("s3cret")

    monkeypatch.setattr(Exchange, "get", get)
    assert problem(tmp_path, f"{site.url}/good") == "could not be fetched (MemoryError)"
