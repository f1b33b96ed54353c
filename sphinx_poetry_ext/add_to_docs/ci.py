"""A job of a CI service, made of the parts that our repository has for others: its action, components, orb, hooks."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Container, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.add_to_docs.model import DISTRIBUTION, ByHand, NoDocs, Part, TextFile, read_text

RELEASE = f"v{__version__}"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
PYTHONS = ("3.13", "3.12", "3.11")
"""The newest first, which the components and the orb take by themselves."""
SYNC = "--only main,docs"
"""What the parts give `poetry sync` by themselves."""
_OURS = re.compile(r"sphinx-poetry-ext(?:[/@]|\s|$)|\bpoetry-lint\b")
_LABELS = frozenset({"repository", "source", "source code"})


class NoAddress(NoDocs):
    """Nobody has said whose parts a job is to be made of, or what was said is no address of them."""


class Address(NamedTuple):
    """Where our own repository is: ``OWNER/NAME`` on GitHub, or on another host."""

    host: str | None
    """``None``: GitHub, or the GitLab that the job runs on."""
    name: str

    @property
    def page(self) -> str:
        """Its page."""
        return f"https://{self.host or 'github.com'}/{self.name}"

    def raw(self, file: str) -> str:
        """The address of a file of the release as it is."""
        if self.host in (None, "github.com"):
            return f"https://raw.githubusercontent.com/{self.name}/{RELEASE}/{file}"
        return f"{self.page}/-/raw/{RELEASE}/{file}"


class Job(NamedTuple):
    """What a job has to know."""

    top: Path
    """The top of the repository."""
    project: str
    """The project's folder from there."""
    docs: str
    """The folder of conf.py from the project's."""
    sync: str | None
    """The options of `poetry sync` for the docs; ``None`` where Poetry does not install what they need."""
    python: str
    address: Address
    branch: str | None = None
    """The default branch, where that is known."""

    def inputs(self, **more: str) -> list[str]:
        """What the job that builds the docs is given besides what it takes by itself."""
        values = {"project": (self.project, "."), "source": (self.docs, "docs"), "sync-options": (self.sync, SYNC)}
        given = {name: value for name, (value, usual) in values.items() if value and value != usual}
        return [f"{name}: {_plain(value)}" for name, value in (given | more).items()]


def relative(path: Path, start: Path) -> str:
    """*path* from *start*, both without links."""
    return Path(os.path.relpath(os.path.realpath(path), os.path.realpath(start))).as_posix()


def find_address(text: str | None) -> Address:
    """The address that is named, or else the one of this distribution's metadata.

    :raises NoAddress: when there is none, or it is no address. A guess could run somebody else's code.
    """
    if text is None:
        try:
            urls = metadata.metadata(DISTRIBUTION).get_all("Project-URL", [])
        except metadata.PackageNotFoundError:
            urls = []
        found = (url.partition(", ") for url in urls)
        text = next((address for label, _, address in found if label.lower() in _LABELS), None)
    hint = "name it with --repository, as OWNER/NAME or by its address"
    if text is None:
        raise NoAddress("a job takes its parts from the repository of sphinx-poetry-ext, which is not known", hint=hint)
    match = re.fullmatch(r"(?:https://([A-Za-z0-9.-]+(?::\d+)?)/)?((?:[\w.-]+/)+[\w.-]+?)(?:\.git|/)?", text)
    if match is None:
        raise NoAddress(f"`{text}` is no address of a repository", hint=hint)
    return Address(match[1], match[2])


def check_address(service: str, address: Address, hosts: Container[str]) -> None:
    """Refuse an address that the service would look up elsewhere.

    GitHub knows an action by OWNER/NAME alone: whoever has that name there would get to run.

    :param hosts: where the repository that gets the job is known to be.
    :raises NoAddress: for such a one.
    """
    host = (address.host or "").partition(":")[0].lower()
    if service == "github" and host not in ("", "github.com") and host not in hosts:
        raise NoAddress(
            f"an action has to be on the GitHub that runs it, and nothing here says that this is {host}",
            hint=f"if it is, name it as {address.name}",
        )
    if service == "gitlab" and host == "github.com":
        raise NoAddress(
            "a component has to be on the GitLab that runs it, and not on github.com",
            hint="mirror the repository there, and name that with --repository",
        )


def _plain(text: str) -> str:
    """*text* as YAML."""
    if re.fullmatch(r"[A-Za-z0-9_./-][A-Za-z0-9_./, -]*", text) and not text.startswith("- "):
        return text if re.search(r"[A-Za-z/]", text) else f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _github(job: Job) -> str:
    parts = f"{job.address.name}@{RELEASE}"
    checkout = f"      - uses: {CHECKOUT}\n        with:\n          persist-credentials: false\n"
    # Every push would run it twice for each commit of a pull request.
    branches = f"\n    branches:\n      - {_plain(job.branch)}" if job.branch else ""
    text = f"""\
name: sphinx-poetry

on:
  push:{branches}
  pull_request:

permissions:
  contents: read

jobs:
  lint:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
{checkout}      - uses: {parts}
"""
    if job.sync is None:
        return text
    inputs = textwrap.indent("\n".join(["command: docs", *job.inputs()]), " " * 10)
    return f"""\
{text}
  docs:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
{checkout}          # The page about changes looks for tags.
          fetch-depth: 0
      - uses: {SETUP_PYTHON}
        with:
          python-version: "{job.python}"
      - uses: {parts}
        with:
{inputs}
"""


def _gitlab(job: Job) -> str:
    parts = f"  - component: {job.address.host or '$CI_SERVER_FQDN'}/{job.address.name}"
    lines = ["include:", f"{parts}/lint@{RELEASE}"]
    if job.sync is not None:
        lines.append(f"{parts}/docs@{RELEASE}")
        more = {"image": f"python:{job.python}-slim"} if job.python != PYTHONS[0] else {}
        if inputs := job.inputs(**more):
            lines += ["    inputs:", *(f"      {line}" for line in inputs)]
        lines += ["", "variables:", "  # The page about changes looks for tags.", '  GIT_DEPTH: "0"']
    return "\n".join([*lines, ""])


def _circleci(job: Job) -> str:
    lines = [
        "version: 2.1",
        "",
        "orbs:",
        "  # Allow the address in the settings of your organization, under Orbs.",
        f"  poetry: {job.address.raw('orb.yml')}",
        "",
        "workflows:",
        "  sphinx-poetry:",
        "    jobs:",
        "      - poetry/lint",
    ]
    if job.sync is not None:
        inputs = job.inputs(**({"python": f"{job.python}"} if job.python != PYTHONS[0] else {}))
        lines += (
            ["      - poetry/docs:", *(f"          {line}" for line in inputs)] if inputs else ["      - poetry/docs"]
        )
    return "\n".join([*lines, ""])


def _hooks(job: Job) -> str:
    return f"""\
repos:
  - repo: {job.address.page}
    rev: {RELEASE}
    hooks:
      - id: poetry-fix
      - id: poetry-lint
"""


class _Service(NamedTuple):
    file: str
    write: Callable[[Job], str]


SERVICES: Mapping[str, _Service] = {
    "github": _Service(".github/workflows/sphinx-poetry.yml", _github),
    "gitlab": _Service(".gitlab-ci.yml", _gitlab),
    "circleci": _Service(".circleci/config.yml", _circleci),
    "pre-commit": _Service(".pre-commit-config.yaml", _hooks),
}


def is_there(service: str, top: Path, address: Address | None = None) -> bool:
    """Whether the repository takes its job from us already: by our name, or from *address*, whatever that is called."""
    path = top / SERVICES[service].file
    pattern = _OURS.pattern if address is None else rf"{_OURS.pattern}|(?<![\w.-]){re.escape(address.name)}[/@]"
    return _has_ours(sorted(path.parent.glob("*.y*ml")) if service == "github" else [path], re.compile(pattern))


def add_job(service: str, job: Job) -> Part:
    """The file of a CI service. One that is there is never overwritten: hooks are added behind those of others, and
    for anything else the lines to add are said.
    """
    path = job.top / SERVICES[service].file
    wanted = SERVICES[service].write(job)
    if not os.path.lexists(path):
        without = service != "pre-commit" and job.sync is None
        note = (
            "the job checks the project and does not build the docs: their dependencies are in no group of Poetry's, "
            "or their pages are not beside conf.py"
        )
        return Part({path: wanted.encode()}, notes=(note,) if without else ())
    file = read_text(path)
    if service == "pre-commit" and file is not None and (merged := _with_hooks(file, wanted)) is not None:
        return Part({path: file.encode(merged)})
    lines = textwrap.indent(wanted.rstrip("\n"), "    ")
    line = file.text.rstrip("\n").count("\n") + 1 if file is not None else 1
    return Part(by_hand=(ByHand(path, line, f"this file stays as it is: add to it\n{lines}"),))


def _has_ours(paths: Iterable[Path], ours: re.Pattern[str]) -> bool:
    for path in paths:
        file = read_text(path)
        if file is not None and any(ours.search(line.partition("#")[0]) for line in file.text.splitlines()):
            return True
    return False


def _with_hooks(file: TextFile, wanted: str) -> str | None:
    """The file with one more repository behind the others; ``None`` where that cannot be done by adding lines."""
    import yaml

    try:
        node = yaml.compose(file.text, Loader=yaml.SafeLoader)
        before = yaml.safe_load(file.text)
    except yaml.YAMLError:
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    repos = next((value for key, value in node.value if key.value == "repos"), None)
    if not isinstance(repos, yaml.SequenceNode) or repos.flow_style or not repos.value:
        return None
    lines = file.text.split("\n")
    last = _last_line(repos)
    item = textwrap.dedent(wanted.partition("\n")[2]).rstrip("\n").split("\n")
    end = "\r" if file.newline == "\r\n" else ""
    indent = " " * (repos.start_mark.column)
    if last + 1 == len(lines):  # the file's last line has no end
        lines[last] += end
        lines.append("")
    new = "\n".join([*lines[: last + 1], *(f"{indent}{line}{end}" for line in item), *lines[last + 1 :]])
    expected: dict[str, Any] = {**before, "repos": [*before["repos"], *yaml.safe_load(wanted)["repos"]]}
    try:
        return new if yaml.safe_load(new) == expected else None
    except yaml.YAMLError:
        return None


def _last_line(node: Any) -> int:
    """The last line, from 0, that has something of *node*: its own end is behind the comments that follow."""
    import yaml

    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        mark = node.end_mark
        return int(mark.line) - int(mark.column == 0)
    children = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return max((_last_line(child) for child in children), default=int(node.start_mark.line))
