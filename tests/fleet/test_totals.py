"""How far the packages of a board are."""

from __future__ import annotations

from datetime import date

import pytest

from sphinx_poetry_ext.fleet.model import Freeze, Milestone
from sphinx_poetry_ext.fleet.totals import GROUPINGS, Total, as_counted, days_of_change, findings, group, total

from .boards import PAST, Q1, TODAY, many_kinds, report, row, rule


def names(groups: object) -> list[tuple[str | None, list[str]]]:
    return [(one.name, [each.entry.name for each in one.rows]) for one in groups]


def test_a_total_counts_each_kind_once() -> None:
    found = total(many_kinds(), TODAY)
    assert list(found.states.items()) == [
        ("pip", 1),
        ("started", 1),
        ("locked", 1),
        ("images", 1),
        ("done", 1),
        ("skipped", 1),
        ("unreachable", 2),
    ]
    assert (found.packages, found.wanted, found.done, found.per_cent) == (8, 7, 1, 14)
    # What is skipped is nobody's to mend; the done one's milestone is past, too, and it is not late.
    assert (found.findings, found.late, found.frozen) == (4, 1, 1)


@pytest.mark.parametrize(
    ("states", "per_cent"),
    [({}, 100), ({"skipped": 2}, 100), ({"done": 199, "pip": 1}, 99), ({"done": 3}, 100), ({"pip": 1}, 0)],
)
def test_a_hundred_per_cent_means_that_nothing_is_left(states: dict[str, int], per_cent: int) -> None:
    assert Total(states, 0, 0, 0).per_cent == per_cent


def test_findings_are_unknown_without_a_report() -> None:
    assert findings(row(state="unreachable")) is None
    assert findings(row(state="started")) == 0
    assert findings(row(state="pip")) is None, "the linter looks at what is Poetry's alone"
    assert findings(row(state="locked", rules=(rule(found=2), rule("PTY501", 3)))) == 5


def test_waves_are_counted_as_people_do_and_those_without_one_come_last() -> None:
    groups = names(group(many_kinds(), "wave"))
    assert groups == [
        ("1", ["tables", "gate"]),
        ("2", ["invoices", "lost"]),
        ("10", ["api"]),
        (None, ["maps", "old", "<b>*x*`"]),
    ]


def test_an_owner_has_all_packages_that_are_his() -> None:
    assert names(group(many_kinds(), "owner"))[:3] == [
        ("@acme/finance", ["invoices"]),
        ("@acme/ops", ["gate"]),
        ("@acme/web", ["tables", "gate"]),
    ]
    assert names(group([row(owners=("a", "a"))], "owner")) == [("a", ["shop"])]


def test_states_decisions_and_milestones_have_an_order_of_their_own() -> None:
    rows = many_kinds()
    assert [one.name for one in group(rows, "state")] == [
        *("pip", "started", "locked", "images", "done", "skipped", "unreachable"),
    ]
    assert [one.name for one in group(rows, "decision")] == ["migrate", "later", "skip"]
    named = [row(milestone=Milestone("2026-01-02", date(2026, 1, 2))), *rows]
    assert [one.name for one in group(named, "milestone")] == [
        "2026-01-02",
        "2026-10-30 (pilot)",
        "2027-03-31 (Q1)",
        None,
    ]


@pytest.mark.parametrize("by", GROUPINGS)
def test_no_row_is_lost_in_groups(by: str) -> None:
    rows = many_kinds()
    assert {one for each in group(rows, by) for one in each.rows} == set(rows)
    assert group((), by) == ()


def test_any_names_can_be_sorted() -> None:
    found = ["10", "b2", "2", "B10", "a", "1b", "", "²"]
    assert sorted(found, key=as_counted) == ["", "1b", "2", "10", "a", "b2", "B10", "²"]


def test_between_two_days_of_change_nothing_changes() -> None:
    rows = [
        row(milestone=PAST, freeze=Freeze(date(2026, 11, 2), date(2026, 11, 6))),
        row(milestone=Q1),
        row(milestone=Milestone("never", date.max), freeze=Freeze(date(2026, 11, 2), date.max)),
        row(),
    ]
    days = days_of_change(rows)
    assert days == (date(2026, 10, 31), date(2026, 11, 2), date(2026, 11, 7), date(2027, 4, 1))
    for day in days:
        before = date.fromordinal(day.toordinal() - 1)
        assert total(rows, before) != total(rows, day)
    assert total(rows, date(2026, 11, 7)) == total(rows, date(2027, 3, 31))


def test_what_is_unreachable_is_not_done_whatever_it_was() -> None:
    assert total([row(state="unreachable", said=report(state="done"))], TODAY).done == 0
