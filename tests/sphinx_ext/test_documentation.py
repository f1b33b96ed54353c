"""Every directive, option and role is on its page of this site, with something to look at."""

from __future__ import annotations

import re

import pytest

from sphinx_poetry_ext.sphinx_ext.directives import DIRECTIVES
from sphinx_poetry_ext.sphinx_ext.directives.base import ProjectDirective
from sphinx_poetry_ext.sphinx_ext.roles import ROLES

from .texts import REPOSITORY

PAGES = REPOSITORY / "docs" / "directives"
# One page for the catalogue and its entries.
PAGE_OF = {name: {"rule": "rules"}.get(name, name) for name in DIRECTIVES}
OPTIONS = [
    (name, option)
    for name, directive in DIRECTIVES.items()
    for option in directive.option_spec
    if not (issubclass(directive, ProjectDirective) and option in ProjectDirective.option_spec)
]


def source(page: str) -> str:
    path = PAGES / f"{page}.md"
    return path.read_text("utf-8") if path.is_file() else ""


def live(text: str) -> str:
    """A page without the blocks that only show how something is written."""
    return re.sub(r"^(````+)\w.*?^\1$", "", re.sub(r"``.*?``(?!`)", "", text), flags=re.DOTALL | re.MULTILINE)


def examples(name: str) -> list[str]:
    """The directives of that name on its page, as they are written."""
    pattern = rf"^(```|:::)\{{poetry:{name}\}}.*?^\1$"
    return [match[0] for match in re.finditer(pattern, live(source(PAGE_OF[name])), re.DOTALL | re.MULTILINE)]


def documented(text: str) -> set[str]:
    """The options that stand as terms of a definition list: alone on their line, a definition below them."""
    terms = re.findall(r"^((?:`:[\w-]+:`(?:, )?)+)\n: ", text, re.MULTILINE)
    return {option for term in terms for option in re.findall(r":([\w-]+):", term)}


@pytest.mark.parametrize("name", DIRECTIVES)
def test_a_directive_has_a_page_and_an_example(name: str) -> None:
    assert f"poetry:{name}" in source(PAGE_OF[name]).splitlines()[0]
    assert examples(name)


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_an_option_is_documented_with_an_example(name: str, option: str) -> None:
    assert option in documented(source(PAGE_OF[name]))
    assert option in ("name", "class") or any(f":{option}:" in example for example in examples(name))


@pytest.mark.parametrize("name", DIRECTIVES)
def test_nothing_is_documented_that_there_is_not(name: str) -> None:
    known = {
        option
        for other, directive in DIRECTIVES.items()
        if PAGE_OF[other] == PAGE_OF[name]
        for option in directive.option_spec
    }
    assert documented(source(PAGE_OF[name])) <= known


@pytest.mark.parametrize("option", ProjectDirective.option_spec)
def test_what_all_have_is_documented_once(option: str) -> None:
    assert option in documented(source("index"))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_documented_with_an_example(role: str) -> None:
    text = source("roles")
    assert re.search(rf"^`` {{poetry:{role}}}`.+?` ``\n: ", text, re.MULTILINE)
    assert f"{{poetry:{role}}}`" in live(text)
