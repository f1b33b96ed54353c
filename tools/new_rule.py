"""Begin a rule: ``make new-rule CODE=PTY913 NAME=root-user``.

Writes the rule's module, its place in the list, its page and its changelog fragment, and says what is left to do. What
it writes is complete but for the rule itself: of the tests, exactly the one that wants the example to be found is red.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = Path("sphinx_poetry_ext", "lint", "rules")
LONGEST = 35
"""A longer name does not fit on the line that imports the rule."""
_IMPORT = re.compile(r"^from sphinx_poetry_ext\.lint\.rules\.(pty\d{3})_\w+ import (\w+)$", re.MULTILINE)

_TAKEN = {"Example", "Finding", "Inspection", "Iterator", "Level", "Place", "Rule"}

MODULE = '''\
"""{code} {name}."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level{place_import}
{builds_import}from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
{model_import}

class {cls}(Rule):
    """TODO: what is found, in one sentence.

    TODO: why that is bad, and what to do. ``Literals`` stand in double backticks.
    """

    code = "{code}"
    name = "{name}"
    level = Level.warning
{needs}    examples = (
        Example(
            # TODO: the part of a file that breaks the rule, and the same in good order.
{example}        ),
    )
    ignore_when = "TODO: when it is right to ignore it."

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """TODO: say what is looked at."""
{check}'''

IN_PYPROJECT = {
    "place_import": "",
    "builds_import": "",
    "model_import": "from sphinx_poetry_ext.project.model import KeyPath\n",
    "needs": "",
    "example": """\
            bad='[project]\\ndescription = "Widgets for the Acme catalogue"\\n',
            good='[project]\\ndescription = "Widgets for the Acme catalogue"\\n',
""",
    "check": """\
        wrong: tuple[KeyPath, ...] = ()  # TODO: for example ("project", "description"), see inspection.pyproject
        for key in wrong:
            yield self.at(inspection.in_pyproject(key), "TODO: what is wrong: what to write instead")
""",
}
IN_DOCKERFILE = {
    "place_import": ", Place",
    "builds_import": "from sphinx_poetry_ext.lint.images.builds import builds_of\n",
    "model_import": "",
    "needs": '    needs = frozenset({"pyproject", "dockerfile"})\n',
    "example": """\
            bad="FROM python:3.12.8-slim-bookworm\\n",
            good="FROM python:3.12.8-slim-bookworm\\n",
            file="Dockerfile",
            language="docker",
""",
    "check": """\
        for build in builds_of(inspection):
            for event in (event for history in build.histories for event in history.events):
                if event.line < 0:  # TODO: what breaks the rule, see sphinx_poetry_ext.lint.images
                    place = Place(build.path, event.line, event.column, event.instruction)
                    yield self.at(place, "TODO: what is wrong: what to write instead")
""",
}


class Refused(ValueError):
    """Nothing is written; the message says why."""


def new_rule(root: Path, code: str, name: str) -> list[Path]:
    """Write the files of a new rule below *root*, and return them, relative to it.

    :raises Refused: for a code or a name that cannot be, or is there already.
    """
    if not re.fullmatch(r"PTY[0-9]{3}", code):
        raise Refused(f"CODE={code} is no code of a rule: write PTY and three digits, such as PTY913")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise Refused(f"NAME={name} is no name of a rule: write small letters, and `-` between words, as in root-user")
    if len(name) > LONGEST:
        raise Refused(f"NAME={name} is too long: {LONGEST} characters at most")
    listing = root / RULES / "__init__.py"
    text = listing.read_text("utf-8")
    known = {found[1].upper(): found for found in _IMPORT.finditer(text)}
    if code in known:
        last = max(taken for taken in known if taken[:4] == code[:4])
        raise Refused(f"CODE={code} is the rule {known[code][2]} already: the last one of its hundred is {last}")
    cls = "".join(word.capitalize() for word in name.split("-"))
    if cls in {found[2] for found in known.values()} | _TAKEN:
        raise Refused(f"NAME={name} would be the class {cls}, which is there already: choose another name")
    stem = f"{code.lower()}_{name.replace('-', '_')}"
    imports = {taken: found[0] for taken, found in known.items()}
    imports[code] = f"from {'.'.join(RULES.parts)}.{stem} import {cls}"
    classes = {taken: found[2] for taken, found in known.items()} | {code: cls}
    first = text[: min(found.start() for found in known.values())]
    lines = [imports[taken] for taken in sorted(imports)]
    listed = [f"    {classes[taken]}," for taken in sorted(classes)]
    parts = IN_DOCKERFILE if code.startswith("PTY9") else IN_PYPROJECT
    files = {
        RULES / f"{stem}.py": MODULE.format(code=code, name=name, cls=cls, **parts),
        Path("docs", "rules", f"{code}.md"): f"# {code} {name}\n\n```{{poetry:rule}} {code}\n```\n",
        Path("changes", f"+{code.lower()}.feature.md"): f"New rule `{code}` {name}: TODO, what it finds.\n",
    }
    there = [path.as_posix() for path in files if (root / path).exists()]
    if there:
        raise Refused(f"{', '.join(there)} is there already: move it away first")
    files[RULES / "__init__.py"] = (
        first + "\n".join(lines) + "\n\nRULES: tuple[type[Rule], ...] = (\n" + "\n".join(listed) + "\n)\n"
    )
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, "utf-8")
    return list(files)


def main() -> None:
    parser = argparse.ArgumentParser(description="Begin a rule.")
    parser.add_argument("code", metavar="CODE", help="such as PTY913")
    parser.add_argument("name", metavar="NAME", help="such as root-user")
    given = parser.parse_args()
    try:
        files = new_rule(ROOT, given.code, given.name)
    except Refused as error:
        sys.exit(f"{error}.")
    module, page, fragment, _ = map(Path.as_posix, files)
    sys.stdout.write(
        f"Written: {', '.join(map(Path.as_posix, files))}\n"
        f"Fill in each TODO in {module} and in {fragment}; {page} shows what the module says.\n"
        f'Until then one test is red: make test ARGS="-n 0 -k {given.code} tests/lint/test_examples.py"\n'
    )


if __name__ == "__main__":
    main()
