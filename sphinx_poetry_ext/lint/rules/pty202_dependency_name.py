"""PTY202 dependency-name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_poetry_ext.lint.edits import edit_string
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import Dependency, KeyPath, normalize_name

_VALID = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


class DependencyName(Rule):
    """The name of a dependency is not in normal form.

    Indexes, installers and the lock file fold names to lower case with single ``-`` (PEP 503): ``Typing_Extensions``
    and ``typing-extensions`` are one package. Written in that form a name is found by a search through many
    repositories, stands in its alphabetical place, and is not declared a second time by somebody who looks for the
    usual spelling. The fix renames the key, or the name in a PEP 508 string; extras may go on to name it the old way.
    """

    code = "PTY202"
    name = "dependency-name"
    level = Level.warning
    fixable = "safe"
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\nPackaging = ">=24.0,<25.0"\n',
            good='[tool.poetry.dependencies]\npackaging = ">=24.0,<25.0"\n',
        ),
        Example(
            bad='[dependency-groups]\ntyping = ["typing_extensions>=4.12,<5.0"]\n',
            good='[dependency-groups]\ntyping = ["typing-extensions>=4.12,<5.0"]\n',
        ),
    )
    ignore_when = "When other tools of yours look for the spelling as it stands."
    see_also = ("https://packaging.python.org/en/latest/specifications/name-normalization/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at every declared name once; where two spellings meet in one table, PTY401 speaks."""
        pyproject = inspection.pyproject
        named: dict[KeyPath, tuple[str, Dependency | None]] = {
            _key_of(one): (one.name, one) for one in pyproject.declarations if one.name != one.canonical_name
        }
        for plugin in pyproject.plugins:
            if plugin.name != normalize_name(plugin.name):
                named[plugin.key[:4]] = (plugin.name, None)
        for key, (name, dependency) in named.items():
            if not re.fullmatch(_VALID, name):
                continue
            if dependency is not None and (_is_garbled(dependency) or _has_double(inspection, dependency)):
                continue
            normal = normalize_name(name)
            message = f"`{name}` is not in normal form: write `{normal}`, the form that indexes and the lock file use"
            if dependency is not None and dependency.pep508:
                fix = _rename_in_string(inspection, dependency, normal)
            else:
                fix = _rename_key(inspection, key, name, normal)
            yield self.at(inspection.in_pyproject(key), message, fix=fix)


def _key_of(dependency: Dependency) -> KeyPath:
    """The key that is the name, or the string that holds it. An array below a name has several constraints of it."""
    key = dependency.key
    return key if dependency.pep508 or not isinstance(key[-1], int) else key[:-1]


def _is_garbled(dependency: Dependency) -> bool:
    """Whether its string is no requirement at all (PTY110); a caret in it leaves the name as good as any."""
    return dependency.error is not None and constraints.try_parse(dependency.constraint) is None


def _has_double(inspection: Inspection, dependency: Dependency) -> bool:
    """Whether the same table, or array, has the package under another spelling too."""
    table = _key_of(dependency)[:-1]
    return any(
        other.name != dependency.name
        and other.canonical_name == dependency.canonical_name
        and _key_of(other)[:-1] == table
        and not (other.markers and dependency.markers)
        for other in inspection.pyproject.declarations
    )


def _rename_key(inspection: Inspection, key: KeyPath, name: str, normal: str) -> Fix | None:
    """Write *normal* wherever the key stands: headers, dotted keys. Its quotes stay."""
    file = inspection.project.pyproject_file
    edits = []
    for span in inspection.project.pyproject_positions.key_spans(key):
        written = file.data[span.start : span.end].decode()
        quote = written[0] if written[0] in "\"'" else ""
        if written != f"{quote}{name}{quote}":
            return None
        edits.append(Edit(file.path, span.start + len(quote), span.end - len(quote), normal))
    return inspection.replace_in_pyproject(tuple(edits), safe=True) if edits else None


def _rename_in_string(inspection: Inspection, dependency: Dependency, normal: str) -> Fix | None:
    file = inspection.project.pyproject_file
    span = inspection.project.pyproject_positions.value_span(dependency.key)
    if span is None:
        return None
    text = inspection.string_at(dependency.key)
    offset = len(text) - len(text.lstrip())
    edit = edit_string(file.path, file.data, span.start, span.end, dependency.name, normal, offset)
    return None if edit is None else inspection.replace_in_pyproject((edit,), safe=True)
