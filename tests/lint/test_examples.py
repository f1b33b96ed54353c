"""The examples of the rules are true: they are their documentation."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
import tomlkit
from scratch import complete, lint_example

from sphinx_poetry_ext.lint import rules
from sphinx_poetry_ext.lint.finding import apply_edits
from sphinx_poetry_ext.lint.poetry_calls.version import RECOMMENDED
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.lint.settings import SETTINGS

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_what_is_shown_as_bad_gives_this_finding_and_no_other(
    rule: type[Rule], example: Example, tmp_path: Path
) -> None:
    report = lint_example(tmp_path / "acme-widgets", rule, example, example.bad)
    assert {finding.code for finding in report.findings} == {rule.code}
    files = {finding.place.path.relative_to(tmp_path / "acme-widgets").as_posix() for finding in report.findings}
    assert files == {example.file}


@pytest.mark.parametrize(("rule", "example"), [param for param in EXAMPLES if param.values[1].good is not None])
def test_what_is_shown_as_good_gives_none(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    report = lint_example(tmp_path / "acme-widgets", rule, example, str(example.good))
    assert report.findings == ()
    assert rule.code in report.checked


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_fix_turns_one_into_the_other(rule: type[Rule], tmp_path: Path) -> None:
    kinds = set()
    for number, example in enumerate(rule.examples):
        folder = tmp_path / str(number) / "acme-widgets"
        fixes = [finding.fix for finding in lint_example(folder, rule, example, example.bad).findings if finding.fix]
        if fixes and example.good is not None:
            file = folder / example.file
            fixed = apply_edits(file.read_bytes(), [edit for fix in fixes for edit in fix.edits]).decode()
            if example.file == "pyproject.toml":
                assert fixed == complete(example.good, whole=example.whole)
                assert tomlkit.parse(fixed)
            else:
                assert fixed == example.good
            kinds |= {"safe" if fix.safe else "unsafe" for fix in fixes}
    assert kinds == ({rule.fixable} if rule.fixable else set()), "a fix is shown where the rule says that it has one"


def test_every_rule_class_is_in_the_list() -> None:
    classes = set()
    for module in pkgutil.iter_modules(rules.__path__):
        for _, value in inspect.getmembers(import_module(f"{rules.__name__}.{module.name}"), inspect.isclass):
            if issubclass(value, Rule) and value is not Rule:
                classes.add(value)
                assert module.name == f"{value.code.lower()}_{value.name.replace('-', '_')}"
    assert classes == set(RULES)


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_documented(rule: type[Rule]) -> None:
    summary, *why = rule.paragraphs()
    assert why, "a rule says why"
    assert summary.endswith(".")
    assert rule.examples
    assert rule.ignore_when.endswith(".")
    assert set(rule.options) <= set(SETTINGS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_text_names_the_same_poetry_2(rule: type[Rule]) -> None:
    texts = [rule.__doc__ or "", *(f"{example.bad}\n{example.good}" for example in rule.examples)]
    found = re.findall(r"(?:\bpoetry==|POETRY_VERSION=|--version )(2\.\d+\.\d+)", "\n".join(texts))
    assert set(found) <= {RECOMMENDED}


def test_it_is_the_poetry_of_the_tools() -> None:
    tools = Path(__file__).parents[2] / "tools" / "poetry-requirements.txt"
    assert f"\npoetry=={RECOMMENDED}\n" in tools.read_text("utf-8")
