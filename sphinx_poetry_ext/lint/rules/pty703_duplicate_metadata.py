"""PTY703 duplicate-metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.lint.rules.pty207_authors import split_author
from sphinx_poetry_ext.project.model import KeyPath

_SAME_NAME = (
    *("name", "version", "description", "readme", "license", "authors", "maintainers", "keywords", "classifiers"),
)
_URLS = ("homepage", "repository", "documentation", "urls")


class DuplicateMetadata(Rule):
    """The same key stands in ``[project]`` and in ``[tool.poetry]``.

    Poetry reads the one in ``[project]`` and ignores the other without a word, so that a change to it changes nothing.
    Keep the one in ``[project]``. To have Poetry's own instead, because a plugin sets the version, say, remove the key
    from ``[project]`` and name it in ``dynamic``. Keys that say the same in both tables are told of once.

    ``dependencies`` and ``python`` may stand in both: Poetry's own table then adds to the standard one.
    """

    code = "PTY703"
    name = "duplicate-metadata"
    level = Level.warning
    examples = (
        Example(
            bad='[project]\ndescription = "Widgets for the Acme catalogue"\n\n[tool.poetry]\ndescription = "Widgets"\n',
            good='[project]\ndescription = "Widgets for the Acme catalogue"\n',
        ),
        Example(
            bad=(
                '[project.urls]\nHomepage = "https://example.org/widgets"\n\n'
                '[tool.poetry]\nhomepage = "https://example.org/acme"\n'
            ),
            good='[project.urls]\nHomepage = "https://example.org/widgets"\n',
        ),
    )
    ignore_when = "While Poetry before 2 has to read the file as well."
    see_also = ("https://python-poetry.org/docs/pyproject/",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare the two tables, key by key, as ``poetry check`` does."""
        if not inspection.pyproject.uses_project_table:
            return
        project, poetry = inspection.table("project"), inspection.table("tool", "poetry")
        same: list[KeyPath] = []
        told = False
        for old, new, differs in _duplicates(project, poetry):
            if not differs:
                same.append(old)
                continue
            told = True
            yield self.at(inspection.in_pyproject(old), _message(project, old, new))
        if same and not told:
            others = f" ({', '.join(f'`{key[-1]}`' for key in same[1:])} too)" if len(same) > 1 else ""
            message = (
                f"`{same[0][-1]}` stands in [project] as well, which is the one that counts{others}: remove this one"
            )
            yield self.at(inspection.in_pyproject(same[0]), message)


def _message(project: Mapping[str, object], old: KeyPath, new: str) -> str:
    if old[-1] == "extras" and "optional-dependencies" not in project:
        return (
            "Poetry ignores these extras, since [project] has `dependencies`: "
            "write them as [project.optional-dependencies]"
        )
    if not project[new]:
        return (
            f"`{old[-1]}` stands in [project] as well, and is empty there: keep the one in [project], with this value"
        )
    other = f"`{new}` of [project]" if new != old[-1] else "[project]"
    if new != old[-1]:
        return f"Poetry ignores `{old[-1]}`, since there is {other}: move it there or remove it"
    return f"Poetry ignores this `{new}`, since {other} has another one: keep that in [project] and remove this one"


def _duplicates(project: Mapping[str, object], poetry: Mapping[str, object]) -> Iterator[tuple[KeyPath, str, bool]]:
    """Poetry's key, the one of ``[project]`` that hides it, and whether they differ."""
    top: KeyPath = ("tool", "poetry")
    for name in _SAME_NAME:
        if name in poetry and name in project:
            yield (*top, name), name, _plain(project[name]) != _plain(poetry[name])
    for name in _URLS:
        if name in poetry and "urls" in project:
            yield (*top, name), "urls", not _has_urls(project["urls"], name, poetry[name])
    if poetry.get("plugins") and "entry-points" in project:
        yield (*top, "plugins"), "entry-points", project["entry-points"] != poetry["plugins"]
    if poetry.get("extras"):
        if "optional-dependencies" in project:
            yield (*top, "extras"), "optional-dependencies", True
        elif project.get("dependencies"):
            yield (*top, "extras"), "dependencies", True
    scripts = poetry.get("scripts")
    if isinstance(scripts, dict) and "scripts" in project:
        console = {name: script for name, script in scripts.items() if not _is_file_script(script)}
        if console:
            yield (*top, "scripts"), "scripts", project["scripts"] != console


def _plain(value: object) -> object:
    """People as name and e-mail, whichever table they stand in; a licence table as its text; the rest as it is."""
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return value["text"]
    if not isinstance(value, list):
        return value
    return [
        (one.get("name", ""), one.get("email", ""))
        if isinstance(one, dict)
        else (split_author(one) if isinstance(one, str) else one)
        for one in value
    ]


def _has_urls(urls: object, name: str, value: object) -> bool:
    """Whether ``[project.urls]`` says all that Poetry's key *name* does."""
    if not isinstance(urls, dict):
        return False
    wanted = value if name == "urls" else {name: value}
    folded = {str(label).lower(): url for label, url in urls.items()}
    return isinstance(wanted, dict) and all(folded.get(str(label).lower()) == url for label, url in wanted.items())


def _is_file_script(script: object) -> bool:
    return isinstance(script, dict) and script.get("type") == "file"
