"""``sphinx-poetry init``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sphinx_poetry_ext.add_to_docs.ci import SERVICES, NoAddress
from sphinx_poetry_ext.add_to_docs.plan import Plan, make
from sphinx_poetry_ext.cli import FOUND, MISUSE
from sphinx_poetry_ext.cli.changes import unified_diff
from sphinx_poetry_ext.cli.output import write
from sphinx_poetry_ext.errors import display_path
from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.project.redaction import redact
from sphinx_poetry_ext.project.writing import write_all


def run(arguments: argparse.Namespace) -> int:
    """Add the extension to a repository: shown first, written when somebody agrees; all of it, or nothing."""
    asks = (
        sys.stdin is not None
        and sys.stdin.isatty()
        and not (arguments.yes or arguments.diff or arguments.format == "json")
    )
    plan = _make(arguments, arguments.ci or (_ask_for_service() if asks else "none"), asks=asks)
    if arguments.format == "json":
        return _as_json(plan, arguments)
    diff = "\n".join(unified_diff(plan.before, plan.after))
    if arguments.diff:
        write(diff, None)
        print("\n".join(_remarks(plan)) or "Nothing to do.", file=sys.stderr)
        return _code(plan)
    if not plan.after:
        write("\n".join(_remarks(plan)) or "Nothing to do.", None)
        return _code(plan)
    write(diff, None)
    names = ", ".join(display_path(path) for path in sorted(plan.after))
    if not arguments.yes:
        if not asks:
            print(f"sphinx-poetry: nothing was written: say --yes to write {names}", file=sys.stderr)
            return MISUSE
        if not _agrees(f"Write {names}? [y/N] "):
            print("Nothing was written.", file=sys.stderr)
            return FOUND
    write_all(plan.after)
    write("\n".join([f"{names} written", *_remarks(plan)]), None)
    return _code(plan)


def _make(arguments: argparse.Namespace, service: str, *, asks: bool) -> Plan:
    address = arguments.repository
    while True:
        try:
            return make(
                Path(arguments.path),
                conf=_path(arguments.conf),
                source=_path(arguments.source),
                project=_path(arguments.project),
                service=service,
                address=address,
            )
        except NoAddress as error:
            if not asks:
                raise
            if address is not None:
                print(f"sphinx-poetry: {plain(str(error))}", file=sys.stderr)
            address = _ask("Where is the repository of sphinx-poetry-ext (OWNER/NAME, or its address)? ")
            if not address:
                raise


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _code(plan: Plan) -> int:
    return FOUND if plan.by_hand else 0


def _remarks(plan: Plan) -> list[str]:
    lines = [
        f"{display_path(item.path)}:{item.line}: by hand: {plain(first)}" + "".join(f"\n{line}" for line in rest)
        for item in plan.by_hand
        for first, *rest in [redact(item.message).split("\n")]
    ]
    return lines + [f"Then {note}." if note.startswith(("run", "compile")) else f"{note}." for note in plan.notes]


def _ask_for_service() -> str:
    names = [*SERVICES, "none"]
    while True:
        answer = _ask(f"A job for CI ({', '.join(names)})? [none] ").lower()
        if answer in ("", *names):
            return answer or "none"
        print(f"{plain(answer)} is none of them.", file=sys.stderr)


def _agrees(question: str) -> bool:
    return _ask(question).lower() in ("y", "yes")


def _ask(question: str) -> str:
    """The answer, on a terminal; the end of the input is an empty one."""
    sys.stdout.flush()
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _as_json(plan: Plan, arguments: argparse.Namespace) -> int:
    written = bool(plan.after) and arguments.yes and not arguments.diff
    if written:
        write_all(plan.after)
    shown = {
        "version": 1,
        "written": written,
        "files": [display_path(path) for path in sorted(plan.after)],
        "by_hand": [
            {"path": display_path(item.path), "line": item.line, "message": redact(item.message)}
            for item in plan.by_hand
        ],
        "notes": list(plan.notes),
        "diff": "\n".join(unified_diff(plan.before, plan.after)),
    }
    write(json.dumps(shown, indent=2, ensure_ascii=False), None)
    return _code(plan)
