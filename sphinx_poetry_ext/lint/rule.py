"""What a rule of the catalogue is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, NamedTuple

from sphinx_poetry_ext.lint.docs_address import rule_url
from sphinx_poetry_ext.lint.finding import Finding, Fix, Level, Place, plain
from sphinx_poetry_ext.lint.inspection import Inspection, Need


class Example(NamedTuple):
    """A file, or the part of one that matters, that breaks a rule, and the same in good order.

    Documentation and test at once: tests put ``bad`` into a project that is otherwise in order and expect this rule's
    finding and no other; ``good`` must give none, and where the rule has a fix the fix must turn one into the other.
    """

    bad: str | bytes
    good: str | None = None
    file: str = "pyproject.toml"
    beside: Mapping[str, str | None] = MappingProxyType({})
    """Other files that the example needs; ``None`` for one that must not be there."""
    given: Mapping[str, str] = MappingProxyType({})
    """What the call gives: for ``base`` what the file was before, for ``advisories`` the content of that file."""
    whole: bool = False
    """Whether a table that the example shows has no other keys than those."""
    language: str = "toml"


class Rule(ABC):
    """One rule of the catalogue.

    The docstring of a rule is its documentation: the first paragraph says what it finds, the others why that is bad
    and what to do. ``examples`` are documentation and tests.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level]
    """The level unless a finding says otherwise; the setting ``severity`` overrides both."""
    on: ClassVar[bool] = True
    """Whether it is checked unless settings say otherwise."""
    on_given: ClassVar[Need | None] = None
    """What a call has to give for it to be on; without that it is not, and nobody misses it."""
    fixable: ClassVar[Literal["safe", "unsafe"] | None] = None
    needs: ClassVar[frozenset[Need]] = frozenset({"pyproject"})
    options: ClassVar[tuple[str, ...]] = ()
    """The settings that it reads."""
    examples: ClassVar[tuple[Example, ...]]
    ignore_when: ClassVar[str]
    """When it is right to ignore it, in a sentence or two."""
    see_also: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Yield what is wrong.

        :raises NotChecked: when that, or the rest of it, cannot be told of this project: what was found until then is
            reported, and the rule does not count as checked.
        """

    @classmethod
    def at(cls, place: Place, message: str, *, level: Level | None = None, fix: Fix | None = None) -> Finding:
        """A finding of this rule. Whatever stands in *message*, no secret and no control character leaves here."""
        return Finding(cls.code, cls.name, cls.level if level is None else level, plain(message), place, fix)

    @classmethod
    def paragraphs(cls) -> tuple[str, ...]:
        """The documentation, a paragraph each, with ``literals`` in double backticks."""
        from inspect import cleandoc  # which few commands need, and with it come a tokenizer and a disassembler

        return tuple(" ".join(part.split()) for part in cleandoc(cls.__doc__ or "").split("\n\n"))

    @classmethod
    def summary(cls) -> str:
        """What it finds, in one sentence."""
        return cls.paragraphs()[0]

    @classmethod
    def url(cls) -> str:
        """The address of its page."""
        return rule_url(cls.code)
