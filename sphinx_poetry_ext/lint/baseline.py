"""A baseline: findings that are known and kept quiet, so that an old project can begin and new ones still fail.

The file is JSON, project by project, with paths relative to its own folder. It holds no lines: what moves stays known.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.errors import SphinxPoetryError
from sphinx_poetry_ext.lint.engine import Report
from sphinx_poetry_ext.lint.finding import Finding, plain
from sphinx_poetry_ext.lint.identity import Identity, identify
from sphinx_poetry_ext.project.tomlfile import read_bytes

VERSION = 1
_REMEMBERED = 64
"""So many folders are remembered: a project's findings are in few."""
_WRITE_AGAIN = "write it again with --write-baseline"


class BadBaseline(SphinxPoetryError):
    """A baseline that is not there or cannot be understood."""


class Baseline(NamedTuple):
    """Known findings of each project, which is named by its pyproject.toml relative to *folder*."""

    folder: Path
    projects: Mapping[str, Counter[Identity]]


def read_baseline(file: Path) -> Baseline:
    """Read the baseline in *file*.

    :raises BadBaseline: when there is none, or it is broken or of a newer version.
    :raises UnreadableFile: when the file is there and cannot be read.
    """
    import json

    data = read_bytes(file)
    if data is None:
        raise BadBaseline("there is no such baseline", hint="write it with --write-baseline", path=file)
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        message = f"this is no JSON ({error.msg[:1].lower()}{error.msg[1:]})"
        raise BadBaseline(message, hint=f"mend this line, or {_WRITE_AGAIN}", path=file, line=error.lineno) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadBaseline("this is no JSON in UTF-8", hint=_WRITE_AGAIN, path=file) from error
    if not isinstance(document, dict) or not isinstance(document.get("projects"), dict):
        raise BadBaseline("this is no baseline of sphinx-poetry", hint=_WRITE_AGAIN, path=file)
    version = document.get("version")
    if version != VERSION:
        shown = f"version {version}" if isinstance(version, int) else "no version"
        hint = f"use the sphinx-poetry that wrote it, or {_WRITE_AGAIN}"
        raise BadBaseline(f"this baseline has {shown}, only version {VERSION} can be read", hint=hint, path=file)
    projects = document["projects"].items()
    return Baseline(file.parent, {name: _read_entries(file, name, entries) for name, entries in projects})


def _read_entries(file: Path, project: str, entries: object) -> Counter[Identity]:
    known: Counter[Identity] = Counter()
    for index, entry in enumerate(entries if isinstance(entries, list) else [None]):
        read = _read_entry(entry) if isinstance(entry, dict) else None
        if read is None:
            place = plain(f'projects["{project}"][{index}]')
            raise BadBaseline(f"`{place}` is no entry of a baseline", hint=f"mend it, or {_WRITE_AGAIN}", path=file)
        identity, count = read
        known[identity] += count
    return known


def _read_entry(entry: Mapping[str, object]) -> tuple[Identity, int] | None:
    fields = [value for name in Identity._fields if isinstance(value := entry.get(name), str)]
    count = entry.get("count", 1)
    if len(fields) < len(Identity._fields) or not isinstance(count, int) or count < 1:
        return None
    return Identity(*fields), count


class Comparison:
    """What a baseline knows of reports, one after another."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._names = _Names(baseline.folder)
        self._asked: set[str] = set()
        self._found_before = 0
        self.known = 0
        """How many findings of the reports it knows."""

    def new_in(self, report: Report) -> Report:
        """Take what the baseline knows out of *report*."""
        project = self._names(report.path)
        known = self._baseline.projects.get(project)
        if known is None:
            return report
        self._asked.add(project)
        left = Counter(known)
        kept: list[Finding] = []
        for finding in report.findings:
            identity = identify(finding, self._names)
            if left[identity] > 0:
                left[identity] -= 1
                self.known += 1
            else:
                kept.append(finding)
        self._found_before += sum(count for identity, count in left.items() if identity.code in report.checked)
        return report._replace(findings=tuple(kept))

    @property
    def gone(self) -> int:
        """How many entries of the baseline are no longer found.

        Such an entry's rule was checked in its project and did not find it, or the project is no longer there; of what
        this call did not look at nothing is said.
        """
        return self._found_before + sum(
            entries.total()
            for project, entries in self._baseline.projects.items()
            if project not in self._asked and not os.path.lexists(self._baseline.folder / project)
        )


class Recording(Comparison):
    """A new baseline, to be kept in *folder*, that knows every finding of the reports."""

    def __init__(self, folder: Path) -> None:
        self._recorded: dict[str, Counter[Identity]] = {}
        super().__init__(Baseline(folder, self._recorded))

    def new_in(self, report: Report) -> Report:
        """Nothing is new in *report*: its findings are known from now on."""
        if report.findings:
            names = self._names
            self._recorded[names(report.path)] = Counter(identify(finding, names) for finding in report.findings)
        return super().new_in(report)

    def dump(self) -> str:
        """The baseline as text, always the same for the same findings."""
        import json

        projects = {
            project: [
                {**identity._asdict(), **({"count": count} if count > 1 else {})}
                for identity, count in sorted(known.items())
            ]
            for project, known in sorted(self._recorded.items())
        }
        return json.dumps({"version": VERSION, "projects": projects}, indent=2, ensure_ascii=False)


class _Names:
    """Paths relative to a folder, whatever links or ``..`` lead to either; always with ``/``."""

    def __init__(self, folder: Path) -> None:
        self._top = os.path.realpath(folder)
        self._folders: dict[Path, str] = {}

    def __call__(self, path: Path) -> str:
        if path.parent not in self._folders:
            if len(self._folders) == _REMEMBERED:
                self._folders.clear()
            self._folders[path.parent] = os.path.realpath(path.parent)
        file = os.path.join(self._folders[path.parent], path.name)  # noqa: PTH118  # of strings, for relpath
        try:
            return Path(os.path.relpath(file, self._top)).as_posix()
        except ValueError:  # another drive
            return Path(file).as_posix()
