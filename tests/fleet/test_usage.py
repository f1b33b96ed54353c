"""The rules that the packages of a board break, and what they depend on."""

from __future__ import annotations

from sphinx_poetry_ext.fleet.usage import BrokenRule, Deprecated, broken_rules, deprecated_in_use, versions_in_use

from .boards import many_kinds, report, row, rule, uses


def test_the_rule_that_most_packages_break_comes_first() -> None:
    rows = [
        row("a", rules=(rule("PTY501", 9, name="lock-missing"), rule("PTY101", 0))),
        row("b", rules=(rule("PTY105", 1, level="warning"),)),
        row("c", rules=(rule("PTY105", 2), rule("PTY104", 9))),
        row("c", rules=(rule("PTY105", 3),)),
        row("skipped", "skipped", rules=(rule("PTY501", 9),)),
        row("lost", "unreachable"),
        row("last good", "unreachable", said=report(rules=(rule("PTY105", 1),))),
    ]
    assert broken_rules(rows) == (
        BrokenRule("PTY105", "missing-upper-bound", "error", 7, ("b", "c", "c", "last good")),
        BrokenRule("PTY104", "missing-upper-bound", "error", 9, ("c",)),
        BrokenRule("PTY501", "lock-missing", "error", 9, ("a",)),
    )


def test_versions_in_use_are_the_most_varied_first() -> None:
    rows = [
        row("a", dependencies=(uses("same", "^1"), uses("requests", "^2", locked=("2.9.0",)), uses("x", ">=1", ">=2"))),
        row("b", dependencies=(uses("same", "^1"), uses("requests", "^2", locked=("2.10.0",)))),
        row("c", dependencies=(uses("requests", ">=2", locked=("2.10.0", "2.31.0")), uses("y", "^1"))),
        row("lost", "unreachable"),
    ]
    first, second = versions_in_use(rows)
    assert (first.name, first.different) == ("requests", 3)
    assert list(first.constraints.items()) == [("^2", ("a", "b")), (">=2", ("c",))]
    # The most used first, then the newest.
    assert list(first.locked.items()) == [("2.10.0", ("b", "c")), ("2.31.0", ("c",)), ("2.9.0", ("a",))]
    assert (second.name, dict(second.locked)) == ("x", {})


def test_who_uses_a_deprecated_one() -> None:
    deprecated = {"Nose": "use pytest", "mock": "unittest has it"}
    assert deprecated_in_use(many_kinds(), deprecated) == (Deprecated("nose", "use pytest", ("gate",), ("invoices",)),)
    assert deprecated_in_use(many_kinds(), {}) == ()


def test_a_dependency_in_any_version_is_declared() -> None:
    declared = row("a", dependencies=(uses("nose")._replace(groups=("dev",)),))
    assert deprecated_in_use([declared], {"nose": "x"}) == (Deprecated("nose", "x", ("a",), ()),)
