"""What git has of files at earlier revisions, read from its objects: no checkout, no hook, no filter, no network.

Answers are remembered until `forget`: a revision means one commit for the whole of a run.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Container, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.errors import SphinxPoetryError

# Git sets these for its hooks; with them it would look at another repository than the one around the folder.
_OF_ANOTHER_REPOSITORY = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE"),
)
_COMMIT = "[0-9a-f]{40}(?:[0-9a-f]{24})?"
_COMMITTER = rb"^committer .*> (\d{1,11}) ([+-])(\d\d)(\d\d)$"


class GitError(SphinxPoetryError):
    """What git was asked for cannot be had."""


class NoGit(GitError):
    """Git cannot be run."""


class NoRepository(GitError):
    """The folder is in no git repository."""


class Distrusted(GitError):
    """Git refuses to read a repository that belongs to somebody else."""


class NotFetched(GitError):
    """A partial clone, which left out what is asked for."""


class NoRevision(GitError):
    """No such commit, or none in this ``shallow`` clone."""

    def __init__(self, message: str, *, hint: str, path: Path, shallow: bool) -> None:
        super().__init__(message, hint=hint, path=path)
        self.shallow = shallow


class NoTag(NoRevision):
    """No tag before a revision, or none that fits ``pattern``, or none in this ``shallow`` clone."""

    def __init__(self, message: str, *, hint: str, path: Path, shallow: bool, pattern: str | None) -> None:
        super().__init__(message, hint=hint, path=path, shallow=shallow)
        self.pattern = pattern


class Revision(NamedTuple):
    """A commit and what it is called."""

    name: str
    """As it was asked for; for a tag that was looked for, the tag."""
    commit: str


class Range(NamedTuple):
    """What lies between two revisions; without an ``end`` up to the files as they are."""

    start: Revision
    end: Revision | None


class Snapshot(NamedTuple):
    """Some files at a commit, and the day of the commit, ``2026-01-31``, where it is in order."""

    files: tuple[bytes | None, ...]
    """``None`` for what was not there."""
    date: str | None


def forget() -> None:
    """Ask git again from now on: branches, tags and the depth of a clone may have changed."""
    for cached in (is_shallow, resolve, nearest_tag, snapshot):
        cached.cache_clear()


# -- which commits ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def is_shallow(folder: Path) -> bool:
    """Whether the repository around *folder* lacks the older commits.

    :raises GitError: when there is no repository, or no git.
    """
    done = _git(folder, "rev-parse", "--is-shallow-repository")
    if done.returncode == 0:
        return done.stdout.strip() == b"true"
    if b"dubious ownership" in done.stderr or b"safe.directory" in done.stderr:
        hint = "name its folder in git's setting safe.directory (git config --global --add safe.directory FOLDER)"
        raise Distrusted("git refuses to read this repository, which belongs to another user", hint=hint, path=folder)
    if b"not a git repository" in done.stderr:
        raise NoRepository("this folder is in no git repository", hint="leave out the revision", path=folder)
    raise GitError("git cannot read the repository around this folder", hint="see what git status says", path=folder)


@lru_cache(maxsize=1024)
def resolve(folder: Path, revision: str) -> str:
    """The commit that *revision* means in the repository around *folder*.

    :raises GitError: when there is no such commit, no repository, or no git.
    """
    shallow = is_shallow(folder)
    if "\0" not in revision:
        # Behind ":/" everything is text to look for, and what it finds is a commit.
        peeled = revision if revision.startswith(":/") else f"{revision}^{{commit}}"
        done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", peeled)
        if done.returncode == 0 and re.fullmatch(rb"[0-9a-f]{40,}\n", done.stdout):  # "^HEAD" is "^" and a commit
            return done.stdout.decode().strip()
    hint = "name a commit, branch or tag that is there"
    if shallow:
        hint += "; this shallow clone has the last commits alone (git fetch --unshallow --tags)"
    raise NoRevision(f"git knows no revision `{revision}` here", hint=hint, path=folder, shallow=shallow)


@lru_cache(maxsize=1024)
def nearest_tag(folder: Path, revision: str, *, pattern: str | None = None, before: bool = False) -> Revision:
    """The tag that is the nearest on the way back from *revision*; with *before* none of *revision* itself.

    :param pattern: what the tag's name has to fit, with ``*``, ``?`` and ``[…]``.
    :raises GitError: when there is none, or no such revision.
    """
    shallow = is_shallow(folder)
    fitting = "" if pattern is None else f" that fits `{pattern}`"
    message = f"there is no tag{fitting} {'before' if before else 'at or before'} `{revision}`"
    error = NoTag(message, hint="name a revision", path=folder, shallow=shallow, pattern=pattern)
    try:
        commit = resolve(folder, revision)
    except NoRevision:
        if revision != "HEAD":
            raise
        raise error from None  # a repository without a commit
    options = [] if pattern is None else [f"--match={pattern}"]
    if before:
        # No name of a tag has a character with a meaning in patterns.
        own = _git(folder, "for-each-ref", f"--points-at={commit}", "--format=%(refname:strip=2)", "refs/tags")
        options += [f"--exclude={os.fsdecode(name)}" for name in own.stdout.splitlines()]
    done = _git(folder, "describe", "--tags", "--abbrev=0", *options, commit)
    if done.returncode != 0:
        raise error
    name = os.fsdecode(done.stdout.rstrip(b"\n"))
    return Revision(done.stdout.rstrip(b"\n").decode("utf-8", "replace"), resolve(folder, f"refs/tags/{name}"))


def has_tags(folder: Path) -> bool:
    """Whether there is any tag in the repository around *folder*."""
    return bool(_git(folder, "for-each-ref", "--count=1", "refs/tags").stdout)


def find_range(folder: Path, start: str | None, end: str | None) -> Range:
    """The commits that *start* and *end* mean.

    :param start: a revision, or a pattern of which the nearest tag is meant; ``None`` for the nearest of all. A tag of
        *end* (or of HEAD, for the files as they are) is never meant: what leads up to a release is asked for.
    :param end: likewise; ``None`` for the files as they are.
    :raises GitError: when there is no such revision or tag, no repository, or no git.
    """
    last = None
    if end is not None:
        last = nearest_tag(folder, "HEAD", pattern=end) if _is_pattern(end) else Revision(end, resolve(folder, end))
    if start is not None and not _is_pattern(start):
        return Range(Revision(start, resolve(folder, start)), last)
    return Range(nearest_tag(folder, last.name if last else "HEAD", pattern=start, before=True), last)


def state(folder: Path, start: str | None, end: str | None) -> str:
    """What tells one answer of `find_range` from another, errors included."""
    try:
        first, last = find_range(folder, start, end)
    except GitError as error:
        return f"{type(error).__name__} {getattr(error, 'shallow', '')} {error.message}"
    return " ".join((*first, *(last or ())))


def _is_pattern(revision: str) -> bool:
    """Git allows none of these in names; in ``:/text`` and ``HEAD^{/text}`` they belong to the text."""
    return re.search(r"\A[^:{]*[*?\[]", revision) is not None


# -- what was in them -------------------------------------------------------------------------------------------------


def read(file: Path, revision: str) -> bytes | None:
    """The content of *file* at *revision*; ``None`` when it was not there.

    :raises GitError: see `resolve`; or when a partial clone lacks it.
    """
    return snapshot(file.parent, resolve(file.parent, revision), (f"./{file.name}",)).files[0]


@lru_cache(maxsize=32)
def snapshot(folder: Path, commit: str, names: tuple[str, ...]) -> Snapshot:
    """Files at *commit*, by their paths from the repository's top, or from *folder* with ``./`` before them.

    Links are followed within the repository.

    :raises NotFetched: when a partial clone lacks one of them.
    """
    asked = [commit, *(f"{commit}:{name}" for name in names if "\n" not in name)]
    done = _git(folder, "cat-file", "--batch", "--follow-symlinks", given=os.fsencode("\n".join(asked) + "\n"))
    if done.returncode != 0:
        hint = "clone it whole, without --filter"
        raise NotFetched(f"this partial clone lacks the files of {commit[:10]}", hint=hint, path=folder)
    answers = iter(_blobs(done.stdout))
    described = next(answers) or b""
    return Snapshot(tuple(None if "\n" in name else next(answers) for name in names), _date(described))


def moved_from(folder: Path, name: str, start: str, end: str) -> str | None:
    """Where the file *name*, at the commit *end* in *folder*, was at *start*, from the repository's top, when it was
    moved between the two; ``None`` when git sees no file that it could have been.
    """
    if _is_pattern(name):
        return None
    options = ("--follow", "--diff-filter=R", "--name-status", "-z", "--format=", "--no-ext-diff", "--no-textconv")
    done = _git(folder, "-c", "log.showSignature=false", "log", *options, f"{start}..{end}", "--", name)
    moves = [field for field in done.stdout.split(b"\0") if field]  # score, old and new name, the last move first
    return os.fsdecode(moves[-2]) if len(moves) >= 3 else None


def _blobs(output: bytes) -> Sequence[bytes | None]:
    """The answers of ``cat-file --batch``; ``None`` for what is neither a file nor a commit."""
    found: list[bytes | None] = []
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        head = output[at:end].rsplit(b" ", 2)
        at = end + 1
        if head[-1] in {b"missing", b"ambiguous"} or not head[-1].isdigit():
            found.append(None)
            continue
        size = int(head[-1])
        found.append(output[at : at + size] if head[-2] in {b"blob", b"commit"} else None)
        at += size + 1
    return found


def _date(commit: bytes) -> str | None:
    """The day on which it was committed, as the committer's clock said."""
    match = re.search(_COMMITTER, commit.partition(b"\n\n")[0], re.MULTILINE)
    if match is None:
        return None
    seconds, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        return datetime.fromtimestamp(int(seconds), timezone(offset)).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def top(folder: Path) -> Path | None:
    """The top of the repository around *folder*; ``None`` when it is in none."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def remote_hosts(top: Path) -> frozenset[str]:
    """The hosts that the repository at *top* is fetched from, by its settings, in small letters; none without git."""
    try:
        done = _git(top, "config", "--local", "--get-regexp", r"^remote\..*\.url$")
    except GitError:
        return frozenset()
    addresses = (line.partition(" ")[2] for line in done.stdout.decode("utf-8", "replace").splitlines())
    # https://joe@host/x, ssh://git@host:22/x, git@host:x
    found = (re.match(r"(?:https?|ssh)://(?:[^/@]*@)?([^/:@]+)|(?:[^/:@]+@)([^/:@]+):", one) for one in addresses)
    return frozenset((match[1] or match[2]).lower() for match in found if match)


def default_branch(top: Path) -> str | None:
    """The branch that a clone of *top*'s origin begins with; ``None`` where a clone has not noted it."""
    try:
        done = _git(top, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    except GitError:
        return None
    return done.stdout.decode("utf-8", "replace").strip().removeprefix("refs/remotes/origin/") or None


def head(top: Path) -> str | None:
    """The commit that is checked out in the repository at *top*, by its files: git is not run, since it is asked of
    thousands. ``None`` where there is none yet, or the repository keeps its references in another form.
    """
    try:
        git_folder = top / ".git"
        if git_folder.is_file():  # of a worktree, or of a submodule
            git_folder = top / git_folder.read_text("utf-8").strip().removeprefix("gitdir:").strip()
        common = git_folder / "commondir"
        shared = git_folder / common.read_text("utf-8").strip() if common.is_file() else git_folder
        said = (git_folder / "HEAD").read_text("utf-8").strip()
        if not said.startswith("ref:"):
            return said if re.fullmatch(_COMMIT, said) else None
        name = said.removeprefix("ref:").strip()
        for folder in (git_folder, shared):
            if ".." not in name and (folder / name).is_file():
                said = (folder / name).read_text("utf-8").strip()
                return said if re.fullmatch(_COMMIT, said) else None
        packed = (shared / "packed-refs").read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
    match = re.search(rf"(?m)^([0-9a-f]{{40,64}}) {re.escape(name)}$", packed)
    return match[1] if match else None


def unsaved(folder: Path, unknown: Container[str] = ()) -> tuple[str, ...]:
    """The files at or below *folder* that differ from the last commit, and of those that git does not know the ones
    whose names, as seen from the top of the repository, are among *unknown*.

    :raises GitError: when git does not say.
    """
    # Without renames each entry is one name.
    done = _git(folder, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".")
    if done.returncode != 0:
        words = _first_words(done.stderr)
        raise GitError(f"git does not tell what is saved ({words})", hint="mend that, or say --force", path=folder)
    entries = [line for line in done.stdout.decode("utf-8", "surrogateescape").split("\0") if line]
    return tuple(entry[3:] for entry in entries if not entry.startswith("??") or entry[3:] in unknown)


def _first_words(output: bytes) -> str:
    """The first line of what git says."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "no reason given"


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    env = {
        **{name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY},
        # Nothing is fetched, not even what a partial clone left out; the second one for git before 2.45.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    # A program that a repository's settings name, and that git runs when it reads the index.
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(command, cwd=folder, env=env, input=given, capture_output=True, check=False)
    except OSError as error:
        reason = error.strerror or "not found"
        raise NoGit(f"git cannot be run ({reason})", hint="install git, or leave out the revision") from error
