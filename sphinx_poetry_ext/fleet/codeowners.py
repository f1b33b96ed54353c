"""Who owns a package, by the CODEOWNERS file of its repository, with the rules of the service that it is written for.

GitHub's and Bitbucket's are git's ignore patterns with exceptions (no ``!``, no ``[ ]``, no ``\\#``, and ``docs/*`` is
what lies directly in ``docs``); GitLab's are those of Ruby's ``File.fnmatch``, in sections. pathspec knows neither the
exceptions nor the sections, and the package `codeowners` reads GitLab's default owners, exclusions and comments
wrongly, so the translation to regular expressions is here.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
https://docs.gitlab.com/user/project/codeowners/reference/
https://support.atlassian.com/bitbucket-cloud/docs/set-up-and-use-code-owners/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from sphinx_poetry_ext.errors import UnreadableFile
from sphinx_poetry_ext.project.tomlfile import read_bytes

_Service = Literal["github", "gitlab", "bitbucket"]
FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS")
"""Where the file may be, relative to the top of the repository: the first that is there counts."""
SIGNS = (".gitlab-ci.yml", ".github")
"""What else decides whose rules a file has that is in none of the services' own folders."""
_BIGGEST = 3_000_000
"""Bytes. GitHub does not read bigger ones, and nobody writes them."""
_OWNER = re.compile(r"""@{1,2}(?:"[^"]+"|[^\s@"#]+)|[^\s@"#]+@[^\s@"]+""")
_HEADING = re.compile(r"\^?\[([^\]]*)\](?:\[\d*\])?(?:\s+(.*))?")


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    section: str = ""
    excludes: bool = False


def owners(repository: Path, path: Path) -> tuple[str, ...]:
    """Who owns *path*, at or below the top of *repository*: names with their ``@``, and e-mail addresses, in order.

    For a folder they are those of a pyproject.toml in it, be there one or not. ``()`` when nobody does, or there is no
    file that says so or can be read.
    """
    file = repository / path  # which may be absolute
    name = _name_in(repository, file / "pyproject.toml" if file.is_dir() else file)
    if name is None:
        return ()
    for place in FILES:
        try:
            data = read_bytes(repository / place)
        except UnreadableFile:
            data = None
        if data is not None:
            rules = _read(data, _service(repository, place, data))
            return _owners(rules, name) if len(data) <= _BIGGEST else ()
    return ()


def _name_in(repository: Path, file: Path) -> str | None:
    try:
        return file.relative_to(repository).as_posix()
    except ValueError:
        pass
    try:
        return file.resolve().relative_to(repository.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return None


def _service(repository: Path, place: str, data: bytes) -> _Service:
    if place.startswith(".gitlab/"):
        return "gitlab"
    if place.startswith(".bitbucket/"):
        return "bitbucket"
    if place.startswith(".github/"):
        return "github"
    # Sections and exclusions are GitLab's alone; elsewhere such a line would mean nothing.
    if re.search(rb"(?m)^[ \t]*(?:\^?\[[^\]\n]+\](?:\[\d*\])?(?:[ \t][^\n]*)?$|!\S)", data.replace(b"\r", b"")):
        return "gitlab"
    ci, github = SIGNS
    return "gitlab" if (repository / ci).exists() and not (repository / github).exists() else "github"


def _owners(rules: tuple[_Rule, ...], name: str) -> tuple[str, ...]:
    """The last rule of each section decides; what a section excludes, nothing in it takes back."""
    found: dict[str, tuple[str, ...]] = {}
    excluded = set()
    for rule in rules:
        if rule.pattern.fullmatch(name):
            found[rule.section] = rule.owners
            if rule.excludes:
                excluded.add(rule.section)
    return tuple(
        dict.fromkeys(owner for section, owners in found.items() if section not in excluded for owner in owners)
    )


@lru_cache(maxsize=8)
def _read(data: bytes, service: _Service) -> tuple[_Rule, ...]:
    lines = data.decode("utf-8-sig", "replace").splitlines()
    return tuple(_gitlab_rules(lines) if service == "gitlab" else _rules(lines, service))


def _rules(lines: list[str], service: _Service) -> Iterator[_Rule]:
    """GitHub's and Bitbucket's. A line that breaks their rules is passed over, as they do."""
    for line in lines:
        text = re.sub(r"(?:^|(?<=\s))#.*", "", line).strip()
        if not text or text[0] in "!\\" or text.startswith("@@@"):
            continue
        pattern, rest = _split(text, quotes=service == "bitbucket")
        if "[" in pattern or "]" in pattern:
            continue
        if service == "bitbucket":  # a strategy such as `random(2)` may stand between the names
            names: tuple[str, ...] = tuple(_OWNER.findall(rest))
        else:
            names = tuple(rest.split())
            if not all(map(_OWNER.fullmatch, names)):
                continue
        yield _Rule(_as_ignore_pattern(pattern), names)


def _gitlab_rules(lines: list[str]) -> Iterator[_Rule]:
    """Those before the first heading are a section of their own. There are no comments behind anything."""
    section, default = "", ()
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if heading := _HEADING.fullmatch(text):
            if heading[1].strip():
                section, default = heading[1].strip().lower(), tuple(_OWNER.findall(heading[2] or ""))
            continue
        excludes = text.startswith("!")
        pattern, rest = _split(text[excludes:])
        names = tuple(_OWNER.findall(rest)) if rest else default
        try:
            compiled = _as_fnmatch_pattern(pattern)
        except re.error:  # such as [z-a], which nothing fits
            continue
        yield _Rule(compiled, () if excludes else names, section, excludes)


def _split(text: str, *, quotes: bool = False) -> tuple[str, str]:
    """The pattern, and what stands behind it. A blank in a pattern has a backslash before it."""
    if quotes and (quoted := re.match(r'"([^"]+)"(.*)', text)):
        return quoted[1], quoted[2].strip()
    pattern, *rest = re.split(r"(?<!\\)\s+", text, maxsplit=1)
    return pattern, rest[0] if rest else ""


def _as_ignore_pattern(pattern: str) -> re.Pattern[str]:
    """As in an ignore file, of the files that it means: itself, or in the folder that it means."""
    body = pattern.strip("/")
    if set(body.split("/")) == {"**"}:
        return re.compile(".+/.+" if pattern.endswith("/") else ".+", re.DOTALL)
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    if body.endswith("/**"):
        body, end = body[:-3], "/.+"
    elif pattern.endswith("/"):
        end = "/.+"
    else:
        end = "" if body.endswith("/*") else "(?:/.+)?"
    return re.compile(start + _translate(body, classes=False) + end, re.DOTALL)


def _as_fnmatch_pattern(pattern: str) -> re.Pattern[str]:
    """As GitLab's, which takes a pattern without a slash in front as one for any folder."""
    text = "**/*" if pattern == "*" else pattern[1:] if pattern.startswith("/") else f"**/{pattern}"
    return re.compile(_translate(f"{text}**/*" if text.endswith("/") else text, classes=True), re.DOTALL)


def _translate(glob: str, *, classes: bool) -> str:
    parts: list[str] = []
    at = 0
    while at < len(glob):
        character = glob[at]
        if glob.startswith("**/", at) and glob[at - 1 : at] in {"", "/"}:
            while glob.startswith("**/", at):
                at += 3
            parts.append("(?:.*/)?")
            continue
        if character == "*":
            while glob[at + 1 : at + 2] == "*":
                at += 1
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "\\" and at + 1 < len(glob):
            at += 1
            parts.append(re.escape(glob[at]))
        elif classes and character == "[" and (end := glob.find("]", at + 2)) > 0:
            inside = glob[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            negated = inside[:1] in {"!", "^"}
            parts.append(f"[{'^/' if negated else ''}{inside[negated:]}]")
            at = end
        else:
            parts.append(re.escape(character))
        at += 1
    return "".join(parts)
