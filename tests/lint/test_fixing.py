"""Fixes applied: exactly the text that has to change, proven, together, and once and for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from scratch import POETRY, complete, make

from sphinx_poetry_ext.lint import engine, proof
from sphinx_poetry_ext.lint.finding import Edit, Finding, Level
from sphinx_poetry_ext.lint.fixing import Mended, mend
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Rule
from sphinx_poetry_ext.project import constraints, load

TABLE = "[tool.poetry.dependencies]\n"


def fixed(folder: Path, text: str | bytes, **options: bool) -> bytes:
    """What a pyproject.toml becomes; a second run must change nothing."""
    file = make(folder, text)
    done = mend(load(file), **options)
    again = mend(done.project, **options)
    assert again.applied == again.refused == ()
    return done.contents.get(file, file.read_bytes())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('packaging = "^1.2"  # why', 'packaging = ">=1.2,<2.0"  # why'),
        ("packaging = '^1.2'", "packaging = '>=1.2,<2.0'"),
        ("'packaging' = '''^1.2'''", "'packaging' = '''>=1.2,<2.0'''"),
        ('packaging    =   "^0.2.3"   ', 'packaging    =   ">=0.2.3,<0.3.0"   '),
        ('packaging = "^0.0.3"', 'packaging = ">=0.0.3,<0.0.4"'),
        ('packaging = "^0"', 'packaging = ">=0,<1"'),
        ('packaging = "~1"', 'packaging = ">=1,<2"'),
        ('packaging = "~1.2.3"', 'packaging = ">=1.2.3,<1.3.0"'),
        ('packaging = "1.*"', 'packaging = ">=1,<2"'),
        ('packaging = "^1.0b2"', 'packaging = ">=1.0b2,<2.0"'),
        ('packaging = "^1!2.0"', 'packaging = ">=1!2.0,<1!3.0"'),
        ('packaging = "^3.0.0 "', 'packaging = ">=3.0.0,<4.0.0 "'),
        ('packaging = "^1.0+cpu"', 'packaging = "^1.0+cpu"'),
        ('packaging = "\\u005e1.2"', 'packaging = "\\u005e1.2"'),
        ('packaging = {version="^1.2",extras=["x"]} # why', 'packaging = {version=">=1.2,<2.0",extras=["x"]} # why'),
        ('packaging.version = "^1.2"', 'packaging.version = ">=1.2,<2.0"'),
        (
            'packaging = [\n  {version = "^1.2", python = "<3.11"}, # old\n  {version = "^2", python = "^3.11"},\n]',
            'packaging = [\n  {version = ">=1.2,<2.0", python = "<3.11"}, # old\n'
            '  {version = ">=2,<3", python = ">=3.11,<4.0"},\n]',
        ),
    ],
)
def test_nothing_but_the_constraint_changes(tmp_path: Path, old: str, new: str) -> None:
    assert fixed(tmp_path, complete(f"{TABLE}{old}\n")).decode() == complete(f"{TABLE}{new}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "'packaging[a,b] (^1.2) ; os_name == \"nt\"', # why",
            "'packaging[a,b] (>=1.2,<2.0) ; os_name == \"nt\"', # why",
        ),
        ('"packaging ~1.2",', '"packaging >=1.2,<1.3",'),
        ('"packaging (^0.2.3,!=0.2.5)"', '"packaging (>=0.2.3,<0.3.0,!=0.2.5)"'),
    ],
)
def test_strings_of_the_standard_keep_all_but_the_constraint(tmp_path: Path, old: str, new: str) -> None:
    text = complete(f"[project]\ndependencies = [\n    {old}\n]\n")
    assert fixed(tmp_path, text).decode() == text.replace(old, new)


def test_header_tables(tmp_path: Path) -> None:
    text = complete(f'{TABLE}\n[tool.poetry.dependencies.packaging] # here\nversion = "^1.2"\noptional = false\n')
    assert fixed(tmp_path, text).decode() == text.replace("^1.2", ">=1.2,<2.0")


@pytest.mark.parametrize("ends", ["\r\n", "\n", "mixed"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_last_one_stay(tmp_path: Path, ends: str, last: bool, bom: bytes) -> None:
    text = complete(f'{TABLE}packaging = "^24"\n\n[tool.poetry.dev-dependencies]\npytest = "~8"\n')
    text = text.rstrip("\n") + "\n" * last
    if ends == "mixed":
        lines = text.splitlines(keepends=True)
        text = "".join(line.replace("\n", "\r\n") if index % 2 else line for index, line in enumerate(lines))
    else:
        text = text.replace("\n", ends)
    expected = (
        text.replace("^24", ">=24,<25").replace("~8", ">=8,<9").replace("dev-dependencies", "group.dev.dependencies")
    )
    assert fixed(tmp_path, bom + text.encode()) == expected.encode()


def test_with_unsafe_one_fix_can_follow_from_another(tmp_path: Path) -> None:
    text = complete(f'{TABLE}certifi = "^2024.2.2"\npackaging = "*"\n')
    file = make(tmp_path, text)
    safe = mend(load(file))
    assert safe.contents[file].decode() == text.replace("^2024.2.2", ">=2024.2.2,<2025.0.0")
    assert {finding.code for finding in safe.proposals} == {"PTY104", "PTY106"}
    done = mend(load(file), unsafe=True)
    assert done.contents[file].decode() == text.replace("^2024.2.2", "==2024.2.2").replace("*", ">=24.0,<25.0")
    assert [finding.code for finding in done.applied] == ["PTY101", "PTY106", "PTY104"]
    assert done.proposals == ()


def test_what_was_not_asked_for_is_left(tmp_path: Path) -> None:
    text = complete(f'{TABLE}packaging = "^24"\nclick = "~8"  # noqa: PTY102 by decree\nattrs = "^23"  # noqa\n')
    file = make(tmp_path, text)
    assert mend(load(file), select=("PTY102",)).contents == {}
    assert mend(load(file), ignore=("PTY1",)).contents == {}
    assert mend(load(file)).contents[file].decode() == text.replace("^24", ">=24,<25")


def test_whether_the_lock_is_due(tmp_path: Path) -> None:
    file = make(tmp_path, complete(f'{TABLE}packaging = "^24"\n'))
    assert mend(load(file)).lock_is_due
    (tmp_path / "poetry.lock").write_text('[metadata]\nlock-version = "2.1"\ncontent-hash = "0"\n')
    assert not mend(load(file)).lock_is_due  # it did not fit before either
    (tmp_path / "poetry.lock").unlink()
    assert not mend(load(file)).lock_is_due


# -- the proof --------------------------------------------------------------------------------------------------------


class Liar(Rule):
    """A rule whose fix claims to be safe and is not."""

    code = "PTY999"
    name = "liar"
    level = Level.warning
    fixable = "safe"
    examples = ()
    old = b'"^24"'
    new = '">=24,<26"'

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        file = inspection.project.pyproject_file
        start = file.data.find(self.old)
        if start >= 0:
            fix = inspection.replace_in_pyproject((Edit(file.path, start, start + len(self.old), self.new),), safe=True)
            yield self.at(inspection.in_pyproject(("tool", "poetry", "name")), "a lie", fix=fix)


def mended_with(rule: type[Rule], folder: Path, fragment: str, monkeypatch: pytest.MonkeyPatch) -> Mended:
    own = tuple(item for item in engine.RULES if item.code in {"PTY101", "PTY102"})
    monkeypatch.setattr(engine, "RULES", (*own, rule))
    return mend(load(make(folder, complete(fragment))))


def test_what_cannot_be_proven_is_not_done_and_the_rest_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fragment = f'{TABLE}attrs = "^24"\npackaging = "^25"\nclick = "~8"\n'
    done = mended_with(Liar, tmp_path, fragment, monkeypatch)
    (file,) = done.contents
    assert done.contents[file].decode() == complete(
        f'{TABLE}attrs = ">=24,<25"\npackaging = ">=25,<26"\nclick = ">=8,<9"\n'
    )
    assert [(finding.code, reason) for finding, reason in done.refused] == [
        ("PTY999", "it cannot be proven that the dependencies stay the same")
    ]


def test_a_lie_alone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RULES", (Liar,))
    done = mend(load(make(tmp_path, complete(f'{TABLE}attrs = "^24"\n'))))
    assert done.contents == {}
    assert [reason for _, reason in done.refused] == ["it cannot be proven that the dependencies stay the same"]


def test_a_fix_that_breaks_the_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaker(Liar):
        new = '"'

    monkeypatch.setattr(engine, "RULES", (Breaker,))
    done = mend(load(make(tmp_path, complete(f'{TABLE}attrs = "^24"\n'))))
    assert [reason for _, reason in done.refused] == ["pyproject.toml would be no TOML any more"]
    assert done.contents == {}


def test_fixes_that_undo_each_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Back(Liar):
        code = "PTY998"
        old = b'">=24,<25"'
        new = '"^24"'

    class There(Liar):
        new = '">=24,<25"'

    monkeypatch.setattr(engine, "RULES", (Back, There))
    done = mend(load(make(tmp_path, complete(f'{TABLE}attrs = "^24"\n'))))
    assert [reason for _, reason in done.refused] == ["the fixes undo each other"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('attrs = "^24"', 'attrs = ">=24,<25"', None),
        ('attrs = "24.*"', 'attrs = ">=24,<25"', None),
        ('attrs = "^24"', 'attrs = ">=24,<25.1"', "the dependencies"),
        ('attrs = "^24"', "", "the dependencies"),
        ('attrs = "^24"\nclick = "^8"', 'click = "^8"\nattrs = "^24"', None),
        ('attrs = "^24"', 'Attrs = "^24"', None),
        ('attrs = "^24"', 'attrs = {version = "^24", optional = true}', "the dependencies"),
        ('attrs = "^24"', 'attrs = {version = "^24", extras = ["x"]}', "the dependencies"),
        ('attrs = "^24"', 'attrs = {version = "^24", python = "^3.11"}', "the dependencies"),
        ('attrs = {version = "^24", python = "^3.11"}', 'attrs = {version = "^24", python = ">=3.11,<4"}', None),
        ('attrs = {git = "https://example.org/a"}', 'attrs = {git = "https://example.org/b"}', "the dependencies"),
        ('attrs = "^24"', 'attrs = "^24"\n[tool.poetry.extras]\nx = ["attrs"]', "the dependencies"),
        ("", "[tool.poetry.extras]\nx = []", "the extras"),
        ("", "[tool.poetry.group.x]\noptional = true", "the groups"),
        ('[tool.poetry.dev-dependencies]\na = "^1"', '[tool.poetry.group.dev.dependencies]\na = "^1"', None),
        ('python = "^3.10"', 'python = ">=3.10,<4.0"', None),
        ('python = "^3.10"', 'python = ">=3.10"', "the Python versions"),
        ('[tool.poetry.requires-plugins]\nx = "^1"', '[tool.poetry.requires-plugins]\nx = ">=1,<2"', None),
        ('[tool.poetry.requires-plugins]\nx = "^1"', '[tool.poetry.requires-plugins]\nx = "^2"', "the Python versions"),
        (
            '[[tool.poetry.source]]\nname = "acme"\nurl = "https://a.example"\ndefault = true',
            '[[tool.poetry.source]]\nname = "acme"\nurl = "https://a.example"\npriority = "primary"',
            None,
        ),
        (
            '[[tool.poetry.source]]\nname = "acme"\nurl = "https://a.example"',
            '[[tool.poetry.source]]\nname = "acme"\nurl = "http://a.example"',
            "the sources",
        ),
    ],
)
def test_the_proof_knows_what_matters(tmp_path: Path, old: str, new: str, what: str | None) -> None:
    before, after = (load(make(tmp_path, f"{TABLE}{text}\n", {"poetry.lock": None})).pyproject for text in (old, new))
    assert before
    assert after
    assert proof.difference(before, after) == what
    assert proof.difference(before, before) is None


@pytest.mark.parametrize(
    ("python", "promised", "what"),
    [
        (">=3.11,<4.0", ">=3.11,<4.0", None),
        ("^3.11", ">=3.11,<4.0", None),
        ("^3.11", "^3.11", "the Python versions"),
        (">=3.11,<4.0", ">=3.12,<4.0", "the Python versions"),
    ],
)
def test_python_may_move_to_the_standard_table(tmp_path: Path, python: str, promised: str, what: str | None) -> None:
    before = load(make(tmp_path / "before", f'{TABLE}python = "{python}"\n')).pyproject
    after = load(make(tmp_path / "after", f'[project]\nrequires-python = "{promised}"\n')).pyproject
    assert before
    assert after
    assert proof.difference(before, after) == what


def test_metadata_that_moves_is_proven(tmp_path: Path) -> None:
    done = mend(load(make(tmp_path, POETRY)), select=("PTY702",))
    assert [finding.code for finding in done.applied] == ["PTY702"]
    assert done.refused == ()


# -- anything ---------------------------------------------------------------------------------------------------------

_RELEASE = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
_SUFFIX = st.sampled_from(["", "", "", "a1", "b2", "rc1", ".post1", ".dev3", "+cpu"])
_VERSION = st.builds("{}{}{}".format, st.sampled_from(["", "", "", "1!", "v"]), _RELEASE, _SUFFIX)
_CLAUSE = st.builds(
    "{}{}".format, st.sampled_from(["^", "~", "^ ", "~ ", ">=", "<", "==", "!=", "~=", "", "=", "<=", ">"]), _VERSION
) | _RELEASE.map("{}.*".format)
_CONSTRAINT = st.lists(_CLAUSE, min_size=1, max_size=3).flatmap(
    lambda clauses: st.sampled_from([",", ", ", " , ", " || ", "|"]).map(lambda mark: mark.join(clauses))
)
_PAD = st.sampled_from(["", "", "", " "])
_QUOTE = st.sampled_from(['"', "'"])
_COMMENT = st.sampled_from(["", "", "  # why", " # \u00e9\u4e16"])
_END = st.sampled_from(["\n", "\r\n"])


@st.composite
def pyprojects(draw: st.DrawFn) -> str:
    """A pyproject.toml with odd constraints in odd layouts."""
    lines = ["[tool.poetry]", "name = 'acme-widgets'", "[tool.poetry.dependencies]"]
    for index in range(draw(st.integers(1, 6))):
        quote, pad = draw(_QUOTE), draw(_PAD)
        text = f"{quote}{pad}{draw(_CONSTRAINT)}{pad}{quote}"
        name = f"part{index}"
        shape = draw(st.integers(0, 3))
        if shape == 0:
            line = f"{name}{pad}={pad}{text}"
        elif shape == 1:
            line = f"{name} = {{ version = {text}, optional = true }}"
        elif shape == 2:
            line = f'{name} = [{{version={text}, python="^3.8"}}, {{version={text}, python="~3.7"}}]'
        else:
            line = f"{name}.version = {text}"
        lines.append(line + draw(_COMMENT))
    lines.append("[tool.poetry.dev-dependencies]" + draw(_COMMENT))
    lines.append(f'tool = "{draw(_CONSTRAINT)}"')
    return "".join(line + draw(_END) for line in lines)


@settings(max_examples=1000)
@given(pyprojects())
def test_whatever_is_written_the_allowed_versions_stay_and_so_does_every_other_byte(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("fix")
    file = make(folder, text.encode(), {"poetry.lock": None})
    done = mend(load(file), ignore=("readme",))  # which adds a line
    after = done.contents.get(file, file.read_bytes()).decode()
    assert [reason for _, reason in done.refused] == []
    for mine, theirs in zip(_constraints(text), _constraints(after), strict=True):
        assert mine == theirs or constraints.same_releases(mine, theirs)
    assert _without_constraints(after) == _without_constraints(text).replace(
        "tool.poetry.dev-dependencies", "tool.poetry.group.dev.dependencies"
    )
    assert mend(done.project, ignore=("readme",)).applied == ()


def _constraints(text: str) -> list[str]:
    return [match[2] for match in re.finditer(r"""(["'])([^"'\n]*\d[^"'\n]*)\1""", text)]


def _without_constraints(text: str) -> str:
    return re.sub(r"""(["'])[^"'\n]*\d[^"'\n]*\1""", r"\1\1", text)


def test_all_real_files_keep_what_is_not_mended(real_folder: Path) -> None:
    project = load(real_folder)
    done = mend(project)
    file = project.pyproject_file.path
    before, after = project.pyproject_file.data, done.contents.get(file, project.pyproject_file.data)
    touched = {finding.place.line for finding in done.applied}
    moved = any(finding.fix and any("\n" in edit.text for edit in finding.fix.edits) for finding in done.applied)
    if not moved:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        changed = {index for index, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other}
        assert len(changed) <= sum(len(finding.fix.edits) for finding in done.applied if finding.fix)
        assert bool(changed) == bool(touched)
    if done.project.pyproject:
        assert tomlkit.parse(after.decode("utf-8-sig"))
    again = mend(done.project)
    assert (again.applied, again.contents) == ((), {})
