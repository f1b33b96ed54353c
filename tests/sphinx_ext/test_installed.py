"""What installed distributions say: licences, summaries, and where names link to."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from docutils import nodes

from sphinx_poetry_ext.sphinx_ext import installed

from .site import CONF, Build, Site, dependencies
from .texts import SMALL, lock_of, package

Install = Callable[..., None]
DOCS = "https://docs.example.org/click/"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make a distribution seem installed: its name, version, and further lines of its metadata."""
    folder = tmp_path / "site-packages"
    folder.mkdir()

    def distribution(name: str) -> metadata.Distribution:
        found = next(iter(metadata.Distribution.discover(name=name, path=[str(folder)])), None)
        if found is None:
            raise metadata.PackageNotFoundError(name)
        return found

    def write(name: str, version: str = "8.1.7", *lines: str, raw: bytes | None = None) -> None:
        for old in folder.glob(f"{name}-*"):
            (old / "METADATA").unlink()
            old.rmdir()
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir()
        text = "\n".join([f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}", *lines, "", "Long text."])
        (info / "METADATA").write_bytes(text.encode() if raw is None else raw)

    monkeypatch.setattr(installed, "_distribution", distribution)
    installed.forget()
    return write


OSI = "Classifier: License :: OSI Approved"
LICENCES = {
    "expression": (
        ["License-Expression: MIT OR Apache-2.0", f"{OSI} :: BSD License", "License: GPL"],
        "MIT OR Apache-2.0",
    ),
    "classifier": ([f"{OSI} :: BSD License", "License: GPL"], "BSD License"),
    "classifiers": (
        [OSI, f"{OSI} :: MIT License", f"{OSI} :: Zope Public License"],
        "MIT License, Zope Public License",
    ),
    "old-field": (["License: BSD-3-Clause"], "BSD-3-Clause"),
    "old-field-behind-a-vague-classifier": ([OSI, "License: MIT"], "MIT"),
    "old-field-that-is-a-text": (["License: Permission is hereby granted", "        to everyone"], ""),
    "old-field-that-is-long": ([f"License: {'x' * 81}"], ""),
    "old-field-that-says-nothing": (["License: UNKNOWN"], ""),
    "nothing": ([], ""),
}


@pytest.mark.parametrize("case", LICENCES)
def test_licence(install: Install, case: str) -> None:
    lines, licence = LICENCES[case]
    install("click", "8.1.7", *lines)
    found = installed.installed("click")
    assert found is not None
    assert found.licence == licence


URLS = {
    "documentation": (f"Documentation, {DOCS}", DOCS),
    "docs": (f"docs,{DOCS}", DOCS),
    "with-punctuation": (f"  Docu-mentation! , {DOCS}", DOCS),
    "homepage": (f"Homepage, {DOCS}", ""),
    "documentation-in-chinese": (f"Chinese Docs, {DOCS}", ""),
    "script": ("Documentation, javascript:alert(1)", ""),
    "file": ("Documentation, file:///etc/passwd", ""),
    "with-a-user": ("Documentation, https://jane:hunter2@docs.example.org/", ""),
    "with-a-token": ("Documentation, https://docs.example.org/?token=hunter2", ""),
    "with-a-blank": ("Documentation, https://docs.example.org/a b", ""),
    "without-an-address": ("Documentation", ""),
    "without-a-host": ("Documentation, https:///docs", ""),
}


@pytest.mark.parametrize("case", URLS)
def test_documentation(install: Install, case: str) -> None:
    line, expected = URLS[case]
    install("click", "8.1.7", f"Project-URL: {line}")
    found = installed.installed("click")
    assert found is not None
    assert found.documentation == expected


@pytest.mark.parametrize("name", ["", "..", "../click", "https://jane:hunter2@example.org", "a b", "-click"])
def test_what_is_no_name_is_not_installed(name: str) -> None:
    assert installed.installed(name) is None
    assert installed.key("licence", name) is None


def test_metadata_that_cannot_be_read_says_nothing(install: Install) -> None:
    install("click", raw=b"Name: \xff\xfe\x00")
    assert installed.installed("click") is None
    installed.forget()
    install("click", raw=b"")
    found = installed.installed("click")
    assert found is None or found.licence == ""


def build(site: Site, *, locked: str | None = "8.1.7", **options: str) -> Build:
    packages = [] if locked is None else [package("click", locked)]
    site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL, packages)})
    site.page("page.rst", dependencies(**(options or {"columns": "package licence summary"})))
    return site.build()


FACTS = ("License-Expression: BSD-3-Clause", "Summary: Clicks")


class TestTable:
    def test_nothing_installed_is_unknown_and_the_lock_has_a_summary(self, site: Site, install: Install) -> None:
        assert build(site).rows("page")[1] == ["click", "unknown", "About click"]

    def test_neither_installed_nor_locked(self, site: Site, install: Install) -> None:
        assert build(site, locked=None).rows("page")[1] == ["click (not in poetry.lock)", "unknown", "unknown"]

    @pytest.mark.parametrize("version", ["8.1.7", "8.1.7.0"])
    def test_the_locked_version_is_installed(self, site: Site, install: Install, version: str) -> None:
        install("click", version, *FACTS)
        assert build(site).rows("page")[1] == ["click", "BSD-3-Clause", "Clicks"]

    def test_another_version_is_installed(self, site: Site, install: Install) -> None:
        install("click", "8.2.0", *FACTS)
        row = build(site).rows("page")[1]
        assert row == ["click", "BSD-3-Clause (of 8.2.0, which is installed)", "About click"]

    def test_installed_and_not_locked(self, site: Site, install: Install) -> None:
        install("click", "8.2.0", *FACTS)
        row = build(site, locked=None).rows("page")[1]
        assert row[1:] == ["BSD-3-Clause (of 8.2.0, which is installed)", "Clicks"]

    def test_american_spelling_of_the_column(self, site: Site, install: Install) -> None:
        install("click", "8.1.7", *FACTS)
        assert build(site, columns="License, Required_By").rows("page") == [
            ["Licence", "Required by"],
            ["BSD-3-Clause", ""],
        ]

    def test_in_a_list(self, site: Site, install: Install) -> None:
        install("click", "8.1.7", *FACTS)
        assert build(site, format="list").doctree("page").astext().endswith("click >=8.1,<9.0 8.1.7: Clicks")

    def test_markup_and_secrets_are_text_and_hidden(self, site: Site, install: Install) -> None:
        install("click", "8.1.7", "Summary: *a* <b> https://jane:hunter2@example.org", "License: `x` https://a:b@c.org")
        row = build(site).rows("page")[1]
        assert row == ["click", "`x` https://***@c.org", "*a* <b> https://***@example.org"]


def test_a_page_is_read_again_when_what_it_shows_of_the_environment_changes(site: Site, install: Install) -> None:
    site.write({"pyproject.toml": SMALL, "poetry.lock": lock_of(SMALL)})
    site.page("licence.rst", dependencies(columns="licence"))
    site.page("plain.rst", dependencies(columns="package"))
    site.page("unlinked.rst", dependencies(columns="locked"))
    assert len(site.build().read) == 4
    assert site.build().read == set()
    for lines, pages in (
        (["License: MIT"], {"licence"}),
        (["License: MIT", "Summary: Shown nowhere"], set()),
        (["License: BSD"], {"licence"}),
        (["License: BSD", f"Project-URL: Documentation, {DOCS}"], {"plain"}),
    ):
        install("click", "8.1.7", *lines)
        assert site.build().read == pages
    install("click", "8.1.8", *lines)
    again = site.build()
    assert again.read == {"licence"}
    assert again.column("licence", "Licence") == ["BSD (of 8.1.8, which is installed)"]
    assert site.build().read == set()


# -- links ------------------------------------------------------------------------------------------------------------

PAGE = "https://deps.dev/pypi/{}"
SOURCES = f"""
[[tool.poetry.source]]
name = "acme"
url = "https://packages.example.com/simple"
priority = "explicit"

[[tool.poetry.source]]
name = "index"
url = "https://{".".join(("pypi", "org"))}/simple/"
priority = "explicit"
"""
GIT = '{{ git = "{}" }}'
# What is declared, how its source is locked, what it links to.
LINKS: dict[str, tuple[str, dict[str, str] | None, str | None]] = {
    "public": ('"^1"', None, "https://docs.example.org/public"),
    "git-web": (GIT.format("https://git.example.com/a/b.git"), None, "https://git.example.com/a/b"),
    "git-user": (GIT.format("https://jane:hunter2@git.example.com/a/b.git"), None, "https://git.example.com/a/b"),
    "git-ssh": (GIT.format("git@git.example.com:a/b.git"), None, None),
    "git-file": (GIT.format("file:///srv/b.git"), None, None),
    "url": ('{ url = "https://packages.example.com/url-1.0-py3-none-any.whl" }', None, None),
    "path": ('{ path = "../path" }', None, None),
    "private": ('{ version = "^1", source = "acme" }', None, None),
    "unknown-source": ('{ version = "^1", source = "nowhere" }', None, None),
    "index": ('{ version = "^1", source = "index" }', None, "https://docs.example.org/index"),
    "pypi": ('{ version = "^1", source = "PyPI" }', None, "https://docs.example.org/pypi"),
    "locked-private": ('"^1"', {"type": "legacy", "url": "https://packages.example.com", "reference": "acme"}, None),
    "locked-path": ('"^1"', {"type": "directory", "url": "../locked-path"}, None),
    "mapped": ('{ path = "../mapped" }', None, "https://inside.example.org/mapped/"),
}


@pytest.mark.parametrize("shape", ["table", "list", "tree"])
def test_what_is_not_from_the_public_index_links_to_no_page_there(site: Site, install: Install, shape: str) -> None:
    """Nor to what an installed distribution of its name says, which may be the public one."""
    lines = [f"{name} = {declared}" for name, (declared, _, _) in LINKS.items()]
    pyproject = SMALL.replace('click = ">=8.1,<9.0"', "\n".join(lines)) + SOURCES
    packages = [package(name, **({"source": source} if source else {})) for name, (_, source, _) in LINKS.items()]
    # All of them once more below another: the tree has them there.
    packages.append(package("acme-top", dependencies=dict.fromkeys(LINKS, "*")))
    pyproject = pyproject.replace("python =", 'acme-top = "^1"\npython =')
    site.write({"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, packages)})
    for name in LINKS:
        install(name, "1.0.0", f"Project-URL: Documentation, https://docs.example.org/{name}")
    site.write(
        {"inventory.inv": b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# zlib\n" + zlib.compress(b"")}
    )
    mapping = {name: (f"https://inside.example.org/{name}/", "../inventory.inv") for name in ("mapped", "other")}
    extensions = CONF.replace('"myst_parser"', '"sphinx.ext.intersphinx"')
    site.write({"docs/conf.py": f"{extensions}\nintersphinx_mapping = {mapping!r}\n"})
    site.page("page.rst", dependencies(format=shape))
    links: dict[str, set[str]] = {}
    for node in site.build().doctree("page").findall(nodes.reference):
        links.setdefault(node.astext(), set()).add(node["refuri"])
    links.pop("acme-top", None)
    assert links == {name: {url} for name, (_, _, url) in LINKS.items() if url}


@pytest.mark.parametrize(("priority", "linked"), [("primary", False), ("supplemental", False), ("explicit", True)])
def test_without_a_lock_a_source_may_have_everything(site: Site, install: Install, priority: str, linked: bool) -> None:
    source = f'[[tool.poetry.source]]\nname = "acme"\nurl = "https://packages.example.com"\npriority = "{priority}"\n'
    site.write({"pyproject.toml": f"{SMALL}\n{source}"})
    site.page("page.rst", dependencies())
    found = [node["refuri"] for node in site.build().doctree("page").findall(nodes.reference)]
    assert found == ([PAGE.format("click")] if linked else [])


def test_what_is_private_has_no_licence_of_another_version(site: Site, install: Install) -> None:
    pyproject = SMALL.replace('">=8.1,<9.0"', '{ git = "https://git.example.com/click.git" }')
    origin = {"type": "git", "url": "https://git.example.com/click.git", "reference": "HEAD"}
    site.write(
        {"pyproject.toml": pyproject, "poetry.lock": lock_of(pyproject, [package("click", "8.1.7", source=origin)])}
    )
    site.page("page.rst", dependencies(columns="licence summary"))
    install("click", "8.2.0", *FACTS)
    assert site.build().rows("page")[1] == ["unknown", "About click"]
    install("click", "8.1.7", *FACTS)
    assert site.build().rows("page")[1] == ["BSD-3-Clause", "Clicks"]
