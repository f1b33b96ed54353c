"""Mending a project: the fixes of all findings applied together, until there is nothing left to apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.lint import proof
from sphinx_poetry_ext.lint.engine import Report, lint
from sphinx_poetry_ext.lint.finding import Edit, Finding, apply_edits
from sphinx_poetry_ext.project import Project, with_pyproject

_ROUNDS = 20
"""A fix can uncover another finding (a range where a pin is due); more of them in a row than this go in a circle."""


class Mended(NamedTuple):
    """What a project's files would hold, and what was done to them."""

    project: Project
    """As it would be."""
    contents: Mapping[Path, bytes]
    """The new content of the files that change."""
    before: Mapping[Path, bytes]
    """The old content of the same files."""
    applied: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]
    """Fixes that were not applied, each with the reason."""
    proposals: tuple[Finding, ...]
    """Findings whose fix changes the meaning, left to be asked for."""
    lock_is_due: bool
    """Whether poetry.lock fitted before and does no longer."""


def mend(
    project: Project,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    unsafe: bool = False,
) -> Mended:
    """Apply all safe fixes, with *unsafe* also those that change the meaning; nothing is written.

    A safe fix of pyproject.toml is proven by poetry-core: what cannot be proven is not applied.

    :raises BadSetting: for settings that cannot be understood.
    """
    check = partial(lint, select=tuple(select), ignore=tuple(ignore), extend_select=tuple(extend_select))
    work = _Work(project)
    applied: list[Finding] = []
    refused: dict[tuple[str, ...], tuple[Finding, str]] = {}
    report = check(project)
    for _ in range(_ROUNDS):
        fixable = [finding for finding in _fixable(report, unsafe) if _identity(finding) not in refused]
        # Safe ones first: together with others they could not be proven.
        chosen = _together(finding for finding in fixable if finding.fix and finding.fix.safe) or _together(fixable)
        if not chosen:
            break
        done, failed = work.apply(chosen)
        applied += done
        refused |= {_identity(finding): (finding, reason) for finding, reason in failed}
        report = check(work.project, contents=work.contents)
    else:
        refused |= {_identity(finding): (finding, "the fixes undo each other") for finding in _fixable(report, unsafe)}
    return Mended(
        project=work.project,
        contents=work.contents,
        before={path: work.original(path) for path in work.contents},
        applied=tuple(applied),
        refused=tuple(refused.values()),
        proposals=tuple(finding for finding in report.findings if finding.fix and not finding.fix.safe and not unsafe),
        lock_is_due=project.lock_state == "fresh" and work.project.lock_state == "stale",
    )


class _Work:
    """A project and the changes made to it so far."""

    def __init__(self, project: Project) -> None:
        self._originals: dict[Path, bytes] = {project.pyproject_file.path: project.pyproject_file.data}
        self.project = project
        self.contents: dict[Path, bytes] = {}

    def original(self, path: Path) -> bytes:
        """What the file holds on disk."""
        if path not in self._originals:
            self._originals[path] = path.read_bytes()
        return self._originals[path]

    def apply(self, findings: Sequence[Finding]) -> tuple[list[Finding], list[tuple[Finding, str]]]:
        """Apply the fixes together; where something speaks against that, leave out those that are to blame."""
        if self._try(findings) is None:
            return list(findings), []
        verdicts = [(finding, self._try([finding], only_look=True)) for finding in findings]
        failed = [(finding, reason) for finding, reason in verdicts if reason is not None]
        done = [finding for finding, reason in verdicts if reason is None]
        if done and (reason := self._try(done)) is not None:
            # Each is right and all are not: the rest has to wait for the first.
            failed += [(finding, reason) for finding in done[1:]]
            done = done[:1]
            self._try(done)
        return done, failed

    def _try(self, findings: Sequence[Finding], *, only_look: bool = False) -> str | None:
        """Apply *findings* if nothing speaks against it; what does is returned."""
        edits: dict[Path, dict[Edit, None]] = {}
        for finding in findings:
            for edit in finding.fix.edits if finding.fix else ():
                edits.setdefault(edit.path, {})[edit] = None
        changed = {path: apply_edits(self._current(path), wanted) for path, wanted in edits.items()}
        project = self.project
        file = project.pyproject_file.path
        if file in changed:
            project = with_pyproject(project, changed[file])
            if reason := self._objection(project, safe=all(finding.fix and finding.fix.safe for finding in findings)):
                return reason
        if not only_look:
            self.project = project
            self.contents |= changed
        return None

    def _objection(self, project: Project, *, safe: bool) -> str | None:
        before, after = self.project.pyproject, project.pyproject
        if after is None:
            return "pyproject.toml would be no TOML any more" if before is not None else None
        if not safe or before is None:
            return None
        what = proof.difference(before, after)
        return f"it cannot be proven that {what} stay the same" if what else None

    def _current(self, path: Path) -> bytes:
        return self.contents[path] if path in self.contents else self.original(path)


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """Those of *findings* whose edits do not get into each other's way, the first ones first.

    The same edit twice is one edit.
    """
    chosen: list[Finding] = []
    taken: dict[Edit, None] = {}
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        new = [edit for edit in edits if edit not in taken]
        if new and not any(_overlap(edit, other) for edit in new for other in taken):
            chosen.append(finding)
            taken |= dict.fromkeys(new)
    return chosen


def _overlap(one: Edit, other: Edit) -> bool:
    if one.path != other.path:
        return False
    if one.start == one.end or other.start == other.end:  # an insertion: not where the other one works
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def _fixable(report: Report, unsafe: bool) -> list[Finding]:
    return [finding for finding in report.findings if finding.fix and (finding.fix.safe or unsafe)]


def _identity(finding: Finding) -> tuple[str, ...]:
    """What stays when lines move."""
    return (finding.code, finding.place.path.as_posix(), finding.place.key, finding.message)
