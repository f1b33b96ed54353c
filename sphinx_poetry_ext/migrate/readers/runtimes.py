"""The Python that a project runs on: runtime.txt, .python-version, .tool-versions, images, and what CI or tox tests.

runtime.txt: https://devcenter.heroku.com/articles/python-runtimes; .python-version: pyenv's and uv's; .tool-versions:
asdf's. For a package these say where it is tried, not what it supports, but that is the best there is when its metadata
says nothing, not even by classifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.model import Note, Reading, Value, Written
from sphinx_poetry_ext.project import ci_files, pythons
from sphinx_poetry_ext.project.folder import Folder, find_ci_files, find_dockerfiles
from sphinx_poetry_ext.project.words import resolve

_VERSION = re.compile(r"(?P<minor>3\.\d{1,2})(?:\.\d+)?")
_LINES = {
    "runtime.txt": re.compile(r"\s*python-(?P<version>[\d.]+)\s*"),
    ".python-version": re.compile(r"\s*(?:cpython-|python-)?(?P<version>3[\d.]*)(?:[-+]\S*)?\s*"),
    ".tool-versions": re.compile(r"\s*python\s+(?P<version>[\d.]+).*"),
}
_IMAGE = re.compile(r"(?:.*/)?python:(?P<version>3\.\d+(?:\.\d+)?)(?:[.-].*|@.*)?")
_ENV_LIST = re.compile(r"(?P<indent>[ \t]*)env_?list[ \t]*=(?P<value>.*)")
_PY_FACTOR = re.compile(r"(?<![\w.-])py(?:\{(?P<several>[^}\n]*)\}|(?P<one>[\d.]+))(?![\w.])")
"""https://tox.wiki/en/latest/config.html: ``py311``, ``py3.11``, ``py{39,310}-django{4,5}``."""
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d+\.\d+)")
_KEYS = {"python-version", "python_version", "python", "pythonVersion", "PYTHON_VERSION"}


class _Seen(NamedTuple):
    python: str
    """``3.11``"""
    text: str
    """As written: ``3.11.7``."""
    written: Written


def read(folder: Path, others: Sequence[Reading], *, repository: Path) -> Reading | None:
    """What *folder* says of the Python it runs on, beside what *others* say; ``None`` if nothing."""
    files = Folder(folder)
    runs_on = [*_of_files(files), *_of_images(files)]
    tested = list(_of_ci(files))
    if not tested and repository != folder and not runs_on:
        tested = list(_of_ci(Folder(repository)))
    tester = "CI"
    if not (tested or runs_on):
        tested, tester = sorted(_of_tox(files), key=lambda one: _numbers(one.python)), "tox"
    seen = runs_on or tested
    if not seen:
        return None
    notes: list[Note] = []
    for one in runs_on[1:]:
        if one.python != runs_on[0].python:
            text = f"Python {one.text} here, {runs_on[0].text} in {_at(runs_on[0].written)}: make them the same"
            notes.append(Note(Level.warning, text, one.written))
    pinned = [(python, reading) for reading in others for python in reading.pinned_for]
    pythons_there = [one.python for one in seen] + [python for python, _ in pinned]
    lowest = min(pythons_there, key=_numbers)
    known = next(
        (reading.metadata["requires-python"] for reading in others if "requires-python" in reading.metadata), None
    )
    is_package = any(reading.is_package for reading in others)
    listed = [reading.metadata["classifiers"] for reading in others if "classifiers" in reading.metadata]
    named = pythons_in(listed[0]) if listed and is_package else []
    metadata = {}
    if known is None and named:
        for one in {one.python: one for one in seen if one.python not in named}.values():
            text = f"Python {one.text} is none of those that the classifiers name in {_at(listed[0].written)}: add it"
            notes.append(Note(Level.info, text, one.written))
    elif known is not None:
        for one in {one.python: one for one in seen}.values():
            if pythons.admits(str(known.value), _numbers(one.python)) is False:
                text = f"Python {one.text} is not in `{known.value}`, which {_at(known.written)} asks for: one is wrong"
                notes.append(Note(Level.warning, text, one.written))
    else:
        source = next((one for one in seen if one.python == lowest), seen[0])
        requires = f">={lowest},<4.0"
        metadata["requires-python"] = Value(requires, source.written)
        why = f"Python {source.text} is what {'it runs on' if runs_on else f'{tester} tests'}"
        notes.append(
            Note(
                Level.info,
                f"`requires-python` becomes `{requires}`: {why}; widen it if more is supported",
                source.written,
            )
        )
        left_out = [one for one in tested if _numbers(one.python) < _numbers(lowest)]
        if left_out:
            text = (
                f"CI also tests Python {left_out[0].text}, which `{requires}` leaves out: widen it, or take it out here"
            )
            notes.append(Note(Level.warning, text, left_out[0].written))
    for python in dict.fromkeys(python for python, _ in pinned):
        if python not in {one.python for one in seen}:
            text = f"Python {seen[0].text} here, and the pins were made for Python {python}: both are compared"
            notes.append(Note(Level.warning, text, seen[0].written))
    kept = [one.written.path for one in seen if one.written.path.name == "runtime.txt"]
    return Reading(
        "runtime",
        files=(),
        metadata=metadata,
        notes=(*notes, *(_about_runtime_txt(path) for path in kept)),
        pinned_for=tuple(dict.fromkeys(one.python for one in runs_on))
        or tuple(dict.fromkeys(one.python for one in tested[:1])),
    )


def pythons_in(classifiers: Value | None) -> list[str]:
    """The versions of Python that *classifiers* name, the lowest first: ``3.8``."""
    listed = classifiers.value if classifiers is not None and isinstance(classifiers.value, list) else []
    found = {match[1] for text in listed if (match := _CLASSIFIER.fullmatch(str(text)))}
    return sorted(found, key=_numbers)


def _about_runtime_txt(path: Path) -> Note:
    text = "runtime.txt is read by the platform alone: keep it, or write the version to `.python-version`"
    return Note(Level.info, text, Written(path, 1))


def _of_files(folder: Folder) -> Iterator[_Seen]:
    for name, pattern in _LINES.items():
        text = (folder.read(name) or b"").decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if (match := pattern.fullmatch(line)) and (seen := _seen(match["version"], folder.root / name, number)):
                yield seen
                break


def _of_images(folder: Folder) -> Iterator[_Seen]:
    from sphinx_poetry_ext.project import dockerfile

    for path in find_dockerfiles(folder):
        file = dockerfile.parse(path, folder.read_at(path) or b"")
        stage = file.stages[-1] if file.stages else None  # the others only build
        while stage is not None and (parent := file.parent(stage)) is not None:
            stage = parent
        base = resolve(stage.base, file.global_values()) if stage else None
        if stage and base and (match := _IMAGE.fullmatch(base)):
            seen = _seen(match["version"], path, stage.line)
            yield from [seen] if seen else []


def _of_ci(folder: Folder) -> Iterator[_Seen]:
    found: list[_Seen] = []
    for name in find_ci_files(folder):
        if name.endswith((".yml", ".yaml")):
            found += _of_yaml(folder, name)
    yield from sorted(found, key=lambda one: _numbers(one.python))


def _of_tox(folder: Folder) -> Iterator[_Seen]:
    """The environments that tox.ini lists to be run when none is named."""
    lines = (folder.read("tox.ini") or b"").decode("utf-8-sig", "replace").splitlines()
    section, indent = "", None
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].rstrip()
        if header := re.fullmatch(r"\[([^]]*)\]", text):
            section, indent = header[1], None
        elif section == "tox" and (match := _ENV_LIST.fullmatch(text)):
            indent, text = len(match["indent"]), match["value"]
        elif text and (indent is None or len(text) - len(text.lstrip()) <= indent):
            indent = None
        if indent is None:
            continue
        for factor in _PY_FACTOR.finditer(text):
            for version in (factor["several"] or factor["one"]).split(","):
                digits = version.strip().replace(".", "")
                if digits.startswith("3") and (seen := _seen(f"3.{digits[1:]}", folder.root / "tox.ini", number)):
                    yield seen


def _of_yaml(folder: Folder, name: str) -> Iterator[_Seen]:
    try:
        scalars = list(ci_files.scalars(folder.read(name) or b""))
    except ci_files.Unreadable:
        return
    for key, node in scalars:
        match = _IMAGE.fullmatch(node.value) if key in {"image", "name"} else None
        text = match["version"] if match else node.value if key in _KEYS else ""
        if seen := _seen(text, folder.root / name, node.start_mark.line + 1):
            yield seen


def _seen(text: str, path: Path, line: int) -> _Seen | None:
    match = _VERSION.fullmatch(text.rstrip("."))
    return _Seen(match["minor"], match[0], Written(path, line)) if match else None


def _numbers(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def _at(written: Written) -> str:
    return f"{written.path.name}:{written.line}"
