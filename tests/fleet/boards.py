"""Rows of boards, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sphinx_poetry_ext.fleet.model import (
    Board,
    Collected,
    Entry,
    Freeze,
    Milestone,
    Missing,
    Report,
    Row,
    RuleCount,
    Used,
)

TODAY = date(2026, 11, 22)
Q1 = Milestone("Q1", date(2027, 3, 31))
PAST = Milestone("pilot", date(2026, 10, 30))


def report(name: str = "shop", state: str = "pip", **facts: Any) -> Report:
    return Report(name=name, state=state, **facts)


def row(
    name: str = "shop",
    state: str = "pip",
    *,
    problem: str | None = None,
    seen: datetime | None = None,
    said: Report | None = None,
    rules: tuple[RuleCount, ...] = (),
    dependencies: tuple[Used, ...] = (),
    missing: tuple[Missing, ...] = (),
    reported: dict[str, Any] | None = None,
    **entry: Any,
) -> Row:
    """A row with a report, unless it is unreachable and *said* is not given."""
    if said is None and state != "unreachable":
        reached = "pip" if state == "skipped" else state
        facts = {"rules": rules, "dependencies": dependencies, "missing": missing, **(reported or {})}
        said = report(name, reached, **facts)
    return Row(
        Entry(name, entry.pop("line", 1), **entry),
        state,
        said,
        problem,
        seen,
    )


def rule(code: str = "PTY105", found: int = 1, level: str = "error", name: str = "missing-upper-bound") -> RuleCount:
    return RuleCount(code, name, level, found)


def uses(name: str, *constraints: str, locked: tuple[str, ...] = (), groups: tuple[str, ...] = ("main",)) -> Used:
    return Used(name, constraints, groups if constraints else (), locked)


def many_kinds() -> tuple[Row, ...]:
    """A row of every kind."""
    return (
        row("tables", "done", wave="1", team="web", owners=("@acme/web",), milestone=PAST),
        row(
            "gate",
            "started",
            wave="1",
            team="web",
            owners=("@acme/web", "@acme/ops"),
            milestone=PAST,
            missing=(Missing("locked", "`setup.py` is still there", "setup.py", 1), Missing("locked", "no lock")),
            rules=(rule(found=2), rule("PTY501", level="warning", name="lock-missing")),
            dependencies=(uses("requests", ">=2,<3", locked=("2.31.0",)), uses("nose", "^1.3")),
            repository="https://git.acme.example/gate",
        ),
        row(
            "invoices",
            "locked",
            wave="2",
            team="finance",
            milestone=Q1,
            freeze=Freeze(date(2026, 11, 20), date(2026, 11, 24)),
            missing=(Missing("clean", "PTY105 `missing-upper-bound`", "pyproject.toml", 12),),
            rules=(rule(found=1),),
            dependencies=(uses("requests", "^2.28", locked=("2.28.0", "2.31.0")), uses("nose", locked=("1.3.7",))),
            reported={"owners": ("@acme/finance",), "repository": "https://git.acme.example/invoices"},
        ),
        row("maps", "skipped", decision="skip", reason="retired in spring", rules=(rule(found=9),)),
        row(
            "api",
            "unreachable",
            wave="10",
            problem="docs.acme.example does not answer",
            seen=datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
            said=report("api", "clean"),
            report="https://docs.acme.example/api/poetry-report.json",
        ),
        row("lost", "unreachable", wave="2", problem="it answers with HTML instead of a report"),
        row("old", "pip", decision="later", reason="in summer", freeze=Freeze(date(2026, 12, 1), date(2026, 12, 4))),
        row("<b>*x*`", "images", notes="two people; `see` <script>", problem="the board has this name again in line 9"),
    )


def collected(*rows: Row, path: Path = Path("poetry-board.toml"), **facts: Any) -> Collected:
    board = Board(path, tuple(one.entry for one in rows), **facts)
    return Collected(board, rows, (path,))
