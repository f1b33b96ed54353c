"""``sphinx-poetry explain``, called as a user calls it."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint.rules import RULES


def explain(name: str, capsys: pytest.CaptureFixture[bytes]) -> str:
    assert main(["explain", name]) == 0
    return capsys.readouterr().out.decode()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_explained_within_eighty_columns(rule: type, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    text = explain(rule.name, capsysbinary)
    assert text.startswith(f"{rule.code} {rule.name} ({rule.level}, ")
    prose = [line for line in text.splitlines() if not line.startswith("  ")]
    assert max(map(len, prose)) <= 80
    assert text.count("Found, in ") == len(rule.examples)
    assert rule.url() in text
    assert "\ufeff" not in text


@pytest.mark.parametrize("name", ["PTY106", "pty106", "unversioned-scheme-not-pinned", " PTY106 "])
def test_a_rule_may_be_named_in_any_way(name: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert explain(name, capsysbinary).startswith("PTY106 unversioned-scheme-not-pinned (warning, on, ")


def test_what_is_said_of_a_rule(capsysbinary: pytest.CaptureFixture[bytes], snapshot: SnapshotAssertion) -> None:
    assert explain("PTY106", capsysbinary) == snapshot


def test_a_prefix_is_a_list(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    text = explain("PTY1", capsysbinary)
    heads = [line for line in text.splitlines() if line.startswith("PTY")]
    assert [head.split()[0] for head in heads] == [rule.code for rule in RULES if rule.code.startswith("PTY1")]
    assert heads[0] == "PTY101 caret-constraint (warning, on, safe fix)"
    assert text.splitlines()[1] == "    A caret constraint, such as `^1.2.0`."
    assert text.endswith("\nName one of them to read all about it.\n")


def test_all_rules_are_listed(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    text = explain("ALL", capsysbinary)
    assert all(f"{rule.code} {rule.name} (" in text for rule in RULES)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PTY10l", "there is no rule `PTY10l`: did you mean `PTY1"),
        ("caret-constrain", "there is no rule `caret-constrain`: did you mean `caret-constraint`?"),
        ("caret", "there is no rule `caret`: did you mean `caret-constraint`?"),
        ("x", "there is no rule `x`: rules are named by code (PTY101), name or prefix (PTY1)"),
    ],
)
def test_a_rule_that_there_is_not_is_answered(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"sphinx-poetry: {words}")
    assert captured.err.count("\n") == 1


def test_a_word_with_a_hyphen_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "PTY101"])
    assert "\n`[dependency-groups]` they are an error.\n" in capsys.readouterr().out
