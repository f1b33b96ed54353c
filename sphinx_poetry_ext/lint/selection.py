"""Which rules are checked: codes, names and prefixes turned into rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sphinx_poetry_ext.errors import BadSetting

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.inspection import Given
    from sphinx_poetry_ext.lint.rule import Rule
    from sphinx_poetry_ext.lint.settings import Settings

_BY_DEFAULT = -1
_ALONE = len("PTY000")
_PROFILES = {"application": {}, "library": {"PTY105": False, "PTY106": False, "PTY108": True}}


@lru_cache(maxsize=1024)
def resolve(selector: str, rules: tuple[type[Rule], ...]) -> frozenset[str]:
    """The codes that *selector* means: a code, a name, a prefix such as ``PTY1``, or ``ALL``.

    :raises BadSetting: when it means none; the hint names the nearest.
    """
    wanted = selector.strip()
    upper = wanted.upper()
    if upper == "ALL":
        return frozenset(rule.code for rule in rules)
    named = frozenset(rule.code for rule in rules if rule.name == wanted.lower())
    found = named or frozenset(rule.code for rule in rules if upper.startswith("PTY") and rule.code.startswith(upper))
    if not found:
        near = _nearest(upper, [rule.code for rule in rules]) or _nearest(wanted.lower(), [rule.name for rule in rules])
        hint = f"did you mean `{near}`?" if near else "rules are named by code (PTY101), name or prefix (PTY1)"
        raise BadSetting(f"there is no rule `{selector}`", hint=hint)
    return found


def _nearest(wanted: str, known: Sequence[str]) -> str | None:
    """The closest of *known*, of those that are as close the one that begins like *wanted* for longest; where none is
    close, the first that has it as one of its words.
    """
    import difflib

    def common(name: str) -> int:
        return next((at for at, (one, other) in enumerate(zip(name, wanted, strict=False)) if one != other), len(name))

    close = max(difflib.get_close_matches(wanted, known, 10), key=common, default=None)
    return close or next((name for name in known if wanted in name.split("-")), None)


def in_short(codes: Iterable[str], rules: Sequence[type[Rule]]) -> str:
    """*codes* in a few words: a family by its prefix where all of its rules are among them."""
    families: dict[str, list[str]] = {}
    for code in codes:
        families.setdefault(code[:4], []).append(code)
    sizes = Counter(rule.code[:4] for rule in rules)
    parts = ([family] if len(members) == sizes[family] > 1 else members for family, members in families.items())
    return ", ".join(code for part in parts for code in part)


class Selection(NamedTuple):
    """What is checked, in catalogue order, and what of that somebody named: the rest is on by default."""

    rules: tuple[type[Rule], ...]
    asked: frozenset[str]


class _Asked(NamedTuple):
    """What decides on the rules: of a call, then of the settings."""

    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    own_select: tuple[str, ...]
    own_extend_select: tuple[str, ...]
    own_ignore: tuple[str, ...]
    profile: str


class _Slip(Exception):
    """A selector that means no rule, and the setting that it is in."""

    def __init__(self, setting: str, error: BadSetting) -> None:
        super().__init__(setting, error)
        self.setting = setting
        self.error = error


def selected_rules(
    rules: tuple[type[Rule], ...],
    settings: Settings,
    given: Given,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    located: Callable[[str, BadSetting], BadSetting] = lambda _, error: error,
) -> Selection:
    """The rules to check.

    *select*, *extend_select* and *ignore* come from a call, which knows better than the file: with *select*, only that
    and *extend_select* count. Where a rule is both selected and ignored, the longer selector wins
    (``select = ["PTY105"]``, ``ignore = ["PTY1"]``), and ``ignore`` between equals. *located* may add to an error the
    place of the setting that it is in.
    """
    own = (settings.select, settings.extend_select, settings.ignore, settings.profile)
    try:
        return _selected(rules, _Asked(tuple(select), tuple(extend_select), tuple(ignore), *own), given)
    except _Slip as slip:
        raise located(slip.setting, slip.error) from slip.error


@lru_cache(maxsize=64)
def _selected(rules: tuple[type[Rule], ...], asked: _Asked, given: Given) -> Selection:
    # Of many projects most have the same settings.
    def weights(setting: str, selectors: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for selector in selectors:
            try:
                codes = resolve(selector, rules)
            except BadSetting as error:
                raise _Slip(setting, error) from error
            weight = 0 if selector.strip().upper() == "ALL" else len(selector) if len(codes) > 1 else _ALONE
            for code in codes:
                found[code] = max(found.get(code, 0), weight)
        return found

    chosen, dropped = weights("--extend-select", asked.extend_select), weights("--ignore", asked.ignore)
    if asked.select:
        chosen = _heaviest(chosen, weights("--select", asked.select))
    else:
        own = asked.own_select
        first = weights("select", own) if own else _on_by_default(rules, asked.profile, given)
        chosen = _heaviest(chosen, first, weights("extend-select", asked.own_extend_select))
        dropped = _heaviest(dropped, weights("ignore", asked.own_ignore))
    for rule in rules:
        # Without what it needs, such a rule is missed only by who asks for it by name, not by who asks for its family.
        if rule.on_given and not given.has(rule.on_given) and chosen.get(rule.code, _BY_DEFAULT) < _ALONE:
            chosen.pop(rule.code, None)
    checked = tuple(
        rule
        for rule in rules
        if rule.code in chosen and (rule.code not in dropped or chosen[rule.code] > dropped[rule.code])
    )
    return Selection(checked, frozenset(code for code, weight in chosen.items() if weight > _BY_DEFAULT))


def _heaviest(*weights: Mapping[str, int]) -> dict[str, int]:
    """All codes of *weights*, each with the highest that it has there."""
    result: dict[str, int] = {}
    for more in weights:
        for code, weight in more.items():
            result[code] = max(result.get(code, weight), weight)
    return result


def _on_by_default(rules: Sequence[type[Rule]], profile: str, given: Given) -> dict[str, int]:
    changes = _PROFILES[profile]
    return {
        rule.code: _BY_DEFAULT
        for rule in rules
        if (given.has(rule.on_given) if rule.on_given else changes.get(rule.code, rule.on))
    }
