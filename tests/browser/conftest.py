"""A real Chromium, and the sites that it looks at, served from this machine under a Content-Security-Policy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

REPOSITORY = Path(__file__).parents[2]
OWN_SITE = REPOSITORY / "_build" / "html"
SCREENSHOTS = REPOSITORY / "_build" / "screenshots"
FIXTURE = Path(__file__).parent / "docs"
THEMES = ("alabaster", "basic", "furo", "pydata_sphinx_theme", "sphinx_book_theme", "sphinx_rtd_theme")
POLICIES = {
    "strict": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'",
    # For what the scripts of themes need, where a test is not about the policy.
    "relaxed": "default-src 'self' 'unsafe-inline' data:",
}
# A name that is not "localhost" is no secure context, as on an intranet without https.
INSECURE_HOST = "docs.example"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
]
# Remembers what the policy refused, and whether it was something of ours.
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  const inside = ".poetry-table, .poetry-lint, .poetry-dependencies, .poetry-tools, .poetry-clipboard";
  const files = `${event.sourceFile} ${event.blockedURI}`;
  window.refused.push({
    ours: files.includes("sphinx-poetry-ext") || Boolean(event.target.closest?.(inside)),
    what: `${event.effectiveDirective} ${files} ${event.target.outerHTML?.slice(0, 200) ?? ""}`,
  });
});
"""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that was closed while a file was on its way."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    """``/POLICY/SITE/page.html``."""

    sites: dict[str, Path]

    def translate_path(self, path: str) -> str:
        _, site, page = (*path.partition("?")[0].lstrip("/").split("/", 2), "", "")[:3]
        return str(self.sites[site] / page) if site in self.sites else ""

    def end_headers(self) -> None:
        policy = self.path.lstrip("/").partition("/")[0]
        self.send_header("Content-Security-Policy", POLICIES.get(policy, POLICIES["strict"]))
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The project's own site, and the one of `FIXTURE` in each theme."""
    if not (OWN_SITE / "index.html").is_file():
        pytest.exit("The browser tests look at the site in _build/html: run `make test-browser`, which builds it.", 2)
    folder = tmp_path_factory.mktemp("themes")

    def build(theme: str) -> Path:
        out = folder / theme
        command = [sys.executable, "-m", "sphinx", "-q", "-D", f"html_theme={theme}", "-d", f"{out}.doctrees"]
        if theme != THEMES[0]:  # one theme is enough for what takes long to build
            command += ["-D", "exclude_patterns=many.rst", "-D", "suppress_warnings=toc.excluded"]
        subprocess.run([*command, str(FIXTURE), str(out)], check=True, cwd=REPOSITORY)
        return out

    with ThreadPoolExecutor(2) as pool:
        return {"own": OWN_SITE, **dict(zip(THEMES, pool.map(build, THEMES), strict=True))}


@pytest.fixture(scope="session")
def port(sites: dict[str, Path]) -> Iterator[int]:
    handler = type("Handler", (_Handler,), {"sites": sites})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        pytest.exit(
            f"The browser tests need a Chromium on PATH ({', '.join(PROGRAMS)}): "
            "`apt-get install chromium` on Debian, `brew install --cask chromium` on macOS.",
            2,
        )
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=path, args=ARGUMENTS)) as it,
    ):
        yield it


@dataclass
class Visitor:
    """Opens pages, each in a profile of its own, and notes what goes wrong in them."""

    browser: Browser
    sites: dict[str, Path]
    port: int
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def address(self, site: str, page: str, policy: str = "relaxed", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{policy}/{site}/{page}"

    def open(self, site: str, page: str, *, width: int = 1280, dark: bool = False, **options: Any) -> Page:
        """A page of a site; ``policy``, ``host`` or a whole ``url``, and what Playwright's ``new_context`` takes."""
        where = {name: options.pop(name) for name in ("policy", "host") if name in options}
        url = options.pop("url", None) or self.address(site, page, **where)
        options.setdefault("color_scheme", "dark" if dark else "light")
        context = self.browser.new_context(viewport={"width": width, "height": 800}, **options)
        self.contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        shown = context.new_page()
        shown.on("pageerror", lambda error: self.errors.append(f"{shown.url}: {error}"))
        shown.goto(url)
        return shown


@contextmanager
def visiting(chromium: Browser, sites: dict[str, Path], port: int) -> Iterator[Visitor]:
    expect.set_options(timeout=5_000)
    one = Visitor(chromium, sites, port)
    yield one
    for context in one.contexts:
        context.close()
    assert one.errors == []


@pytest.fixture
def visitor(chromium: Browser, sites: dict[str, Path], port: int) -> Iterator[Visitor]:
    """Opens pages; the test fails when a script in one of them did."""
    with visiting(chromium, sites, port) as one:
        yield one


@pytest.fixture(scope="class")
def reader(chromium: Browser, sites: dict[str, Path], port: int) -> Iterator[Visitor]:
    """The same for all tests of a class: one who reads on, and has each style sheet and font already."""
    with visiting(chromium, sites, port) as one:
        yield one


@cache
def pages_with_our_content(site: Path = OWN_SITE) -> tuple[str, ...]:
    """The pages that load our style sheet; of the pages of the rules, which are all alike, one."""
    names = (
        path.relative_to(site).as_posix()
        for path in sorted(site.rglob("*.html"))
        if "sphinx-poetry-ext.css" in path.read_text("utf-8")
    )
    return tuple(name for name in names if not re.fullmatch(r"rules/PTY\d+\.html", name) or "PTY105" in name)
