"""Poetry 1 made Poetry 2: the same dependencies to poetry-core itself, the same comments, every other byte."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest
from poetry.core.factory import Factory

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.migration import Migration, make_plans, prepare
from sphinx_poetry_ext.migrate.plan import Style
from sphinx_poetry_ext.migrate.readers.poetry_constraints import python, translate
from sphinx_poetry_ext.project import constraints

HEAD = '[tool.poetry]\nname = "a"\nversion = "1"\ndescription = ""\nauthors = []\n'
PYTHON = '[tool.poetry.dependencies]\npython = "^3.9"\n'


def migration(top: Path, text: str, style: Style = "project") -> Migration:
    (top / "pyproject.toml").write_bytes(text.encode())
    (migration,) = prepare(make_plans([top], top, style=style), repository=top, style=style, poetry=None)
    return migration


def migrated(top: Path, text: str, style: Style = "project") -> str:
    made = migration(top, text, style)
    assert made.plan.refused == ()
    return made.after.get(top / "pyproject.toml", text.encode()).decode()


def meaning(top: Path, text: str) -> set[tuple[object, ...]]:
    """What Poetry locks, as poetry-core reads it."""
    (top / "pyproject.toml").write_bytes(text.encode())
    package = Factory().create_poetry(top).package
    return {
        (
            group,
            dependency.name,
            str(dependency.constraint),
            str(dependency.marker),
            tuple(sorted(dependency.features)),
            extra,
            dependency.source_name,
            dependency.allows_prereleases(),
            dependency.source_type,
            str(dependency.source_url or "").replace("git@github.com:", "ssh://git@github.com/").lower(),
            dependency.source_subdirectory,
            getattr(dependency, "reference", None),
            getattr(dependency, "develop", None),
        )
        for group in package.dependency_group_names(include_optional=True)
        for dependency in package.dependency_group(group).dependencies_for_locking
        for extra in dependency.in_extras or [None]
    }


@pytest.mark.parametrize(
    ("text", "pep440"),
    [
        ("^2.28", ">=2.28,<3.0"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^22.0b0", ">=22.0b0,<23.0"),
        ("~8.1", ">=8.1,<8.2"),
        ("~1", ">=1,<2"),
        ("22.2.0", "==22.2.0"),
        ("=1.2", "==1.2"),
        ("1.2.3+cpu", "==1.2.3+cpu"),
        ("*", ""),
        ("2.*", "==2.*"),
        ("1.0.*,!=1.0.3", "==1.0.*,!=1.0.3"),
        (">=1 <2", ">=1,<2"),
        ("^3.0.0 ", ">=3.0.0,<4.0.0"),
        ("~=1.4", "~=1.4"),
        ("!=1.5", "!=1.5"),
        ("^1.2,<1.8", ">=1.2,<1.8"),
    ],
)
def test_constraints_allow_what_they_allowed(text: str, pep440: str) -> None:
    found = translate(text)
    assert found == (pep440, "")
    assert constraints.same_versions(found.pep440 or "*", text.strip())


@pytest.mark.parametrize("text", ["^1.0 || ^3.0", "^1.0 || ^2.0", "<2 || >3", ">1.0,<2.0||>=3"])
def test_what_pep_440_cannot_say_keeps_its_own_words(text: str) -> None:
    found = translate(text)
    assert found.poetry == text
    wider, exact = constraints.parse(found.pep440 or "*"), constraints.parse(text)
    assert wider.allows_all(exact)


@pytest.mark.parametrize("text", ["latest", "===1.0", ">2,<1", "^"])
def test_what_is_no_constraint_is_an_error(text: str) -> None:
    with pytest.raises(constraints.InvalidConstraint):
        translate(text)


def test_pythons_with_a_gap_exclude_minor_versions() -> None:
    assert python("~2.7 || ^3.6").pep440 == ">=2.7,<4.0,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*"
    assert python("^3.8").pep440 == ">=3.8,<4.0"


@pytest.mark.parametrize(
    "dependencies",
    [
        'a = "^1"\nb = "~1.2"\nc = "*"\nd = "1.2.3"\ne = "1.*"\nf = ">=1,<2,!=1.5"',
        'a = { version = "^1", extras = ["x", "y"] }',
        'a = { version = "^1", python = ">=3.10" }\nb = { version = "*", platform = "win32" }',
        'a = { version = "^1", markers = "sys_platform == \'win32\' or os_name == \'nt\'", python = "<3.12" }',
        'a = [{ version = "^1", python = "<3.10" }, { version = "^2", python = ">=3.10" }]',
        'a = { git = "https://github.com/acme/a.git", branch = "main" }',
        'a = { git = "https://github.com/acme/a.git", rev = "abc123", subdirectory = "py", extras = ["x"] }',
        'a = { git = "git@github.com:acme/a.git", rev = "v1" }',
        'a = { url = "https://example.com/a-1.0.zip" }',
        'a = { path = "lib", develop = true }',
        'a = { path = "lib" }',
        'a = { version = "^1", allow-prereleases = true }',
        'a = { version = "^1 || ^3" }',
        'a = [{ version = "^1 || ^3", python = "<3.10" }, { version = "^4", python = ">=3.10" }]',
        'a = { version = "^1", source = "acme" }\n\n[[tool.poetry.source]]\nname = "acme"\nurl = "https://a.example/s"',
        'a = { version = "^1", optional = true }\nb = { version = "^2", optional = true }\n\n'
        '[tool.poetry.extras]\nx = ["a"]\ny = ["a", "b"]',
        'a = "1"\n\n[tool.poetry.dev-dependencies]\na = "1"\nb = { version = "^2", allow-prereleases = true }',
        'a = "1"\n\n[tool.poetry.group.x.dependencies]\nb = "^2"\n\n[tool.poetry.group.y]\noptional = true\n\n'
        '[tool.poetry.group.y.dependencies]\nc = { path = "lib", develop = true }',
        'a = "1"\n\n[tool.poetry.dependencies.b]\nversion = "^2"\nallow-prereleases = true'
        '\n\n[tool.poetry.dependencies.c]\nversion = "^3"',
    ],
)
def test_poetry_locks_what_it_locked(dependencies: str, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "pyproject.toml").write_text('[tool.poetry]\nname = "a"\nversion = "1"\n')
    before = f"{HEAD}\n{PYTHON}{dependencies}\n"
    after = migrated(tmp_path, before)
    assert "dependencies" in tomllib.loads(after)["project"]
    assert meaning(tmp_path, after) == meaning(tmp_path, before)
    assert migrated(tmp_path, after) == after


def test_metadata_goes_where_pep_621_has_it(tmp_path: Path) -> None:
    text = HEAD.replace(
        "authors = []", 'authors = ["A B <a@b.c>", "Only Name"]\nlicense = "mit"\nhomepage = "https://x"'
    )
    text += 'keywords = ["k"]\nreadme = ["R.md", "C.md"]\nclassifiers = ["Topic :: Utilities"]\n\n' + PYTHON
    text += '[tool.poetry.scripts]\na = "a:b"\nc = { callable = "a:c" }\ns = { reference = "s.sh", type = "file" }\n\n'
    text += '[tool.poetry.plugins."console_scripts"]\nd = "a:d"\n[tool.poetry.plugins.group]\ne = "a:e"\n'
    made = tomllib.loads(migrated(tmp_path, text))
    assert made["project"] == {
        "name": "a",
        "version": "1",
        "description": "",
        "requires-python": ">=3.9,<4.0",
        "license": "MIT",
        "authors": [{"name": "A B", "email": "a@b.c"}, {"name": "Only Name"}],
        "keywords": ["k"],
        "dynamic": ["readme", "classifiers"],
        "dependencies": [],
        "urls": {"Homepage": "https://x"},
        "scripts": {"a": "a:b", "c": "a:c", "d": "a:d"},
        "entry-points": {"group": {"e": "a:e"}},
    }
    assert made["tool"]["poetry"] == {
        "readme": ["R.md", "C.md"],
        "classifiers": ["Topic :: Utilities"],
        "scripts": {"s": {"reference": "s.sh", "type": "file"}},
    }


def test_a_version_that_a_plugin_finds_stays_with_poetry(tmp_path: Path) -> None:
    text = f"{HEAD}\n{PYTHON}\n[tool.poetry-dynamic-versioning]\nenable = true\n\n[build-system]\n"
    text += 'requires = ["poetry-core>=1.0.0", "poetry-dynamic-versioning>=1.0.0,<2.0.0"]\n'
    text += 'build-backend = "poetry_dynamic_versioning.backend"\n'
    made = tomllib.loads(migrated(tmp_path, text))
    assert made["project"]["dynamic"] == ["version"]
    assert made["tool"]["poetry"] == {"version": "1"}
    assert made["build-system"] == {
        "requires": ["poetry-core>=2.0.0,<3.0.0", "poetry-dynamic-versioning>=1.0.0,<2.0.0"],
        "build-backend": "poetry_dynamic_versioning.backend",
    }


def test_comments_go_along_and_every_other_line_stays(tmp_path: Path) -> None:
    text = (
        "# top\n\n[tool.black]\nline-length = 100  # keep me\n\n# about poetry\n"
        '[tool.poetry]  # beside\n# above name\nname = "a"  # name\nversion = "1"\ndescription = ""\n'
        'authors = [\n    "A <a@b.c>",  # who\n]\npackages = [{ include = "a" }]  # stays\n\n# on its own\n\n'
        '[tool.poetry.dependencies] # needed\n# pythons\npython = "^3.9"  # py\n# above b\nb = "^1"  # beside b\n'
        'c = [\n    # old\n    { version = "^1", python = "<3.10" },  # one\n'
        '    { version = "^2", python = ">=3.10" },\n]\n'
        "# d = 1\n\n\n[tool.isort]\nprofile   =   'black'   # x\n"
    )
    made = migrated(tmp_path, text)
    comments = [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]
    assert [comment for comment in comments if f"# {comment}" not in made] == []
    assert made.startswith("# top\n\n[tool.black]\nline-length = 100  # keep me\n\n# about poetry\n[project]\n")
    assert made.endswith("\n\n[tool.isort]\nprofile   =   'black'   # x\n" + made.partition("# x\n")[2])
    assert '[tool.poetry]  # beside\npackages = [{ include = "a" }]  # stays\n\n# on its own\n' in made
    assert '    # above b\n    "b (>=1,<2)",  # beside b\n' in made
    assert "    # old\n    'c (>=1,<2) ; python_version < \"3.10\"',  # one\n" in made
    assert "    # d = 1\n]\n" in made


def test_the_sources_and_the_backend_are_in_the_words_of_today(tmp_path: Path) -> None:
    text = (
        f"{HEAD}\n{PYTHON}\n"
        '[[tool.poetry.source]]\nname = "one"\nurl = "https://one.example/s"\ndefault = true\nsecondary = false\n\n'
        '[[tool.poetry.source]]\nname = "two"\nurl = "https://two.example/s"\npriority = "secondary"  # why\n\n'
        '[build-system]\nrequires = ["poetry>=0.12", "cython"]\nbuild-backend = "poetry.masonry.api"\n'
    )
    for style in get_args(Style):
        made = migrated(tmp_path, text, style)
        assert '[[tool.poetry.source]]\nname = "one"\nurl = "https://one.example/s"\npriority = "primary"\n\n' in made
        assert 'priority = "supplemental"  # why\n' in made
        assert 'requires = ["poetry-core>=2.0.0,<3.0.0", "cython"]\nbuild-backend = "poetry.core.masonry.api"\n' in made


@pytest.mark.parametrize("old", ['default = true, priority = "default"', 'priority = "default", default = true'])
def test_an_old_word_goes_from_an_inline_table_with_its_comma(old: str, tmp_path: Path) -> None:
    source = 'source = [{{ name = "one", url = "https://one.example/s", {} }}]\n'
    made = migrated(tmp_path, f"{HEAD}{source.format(old)}\n{PYTHON}", "poetry")
    assert source.format('priority = "primary"') in made


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('default = false, secondary = false, name = "one", url = "u"', 'name = "one", url = "u"'),
        ('secondary = false, default = false, name = "one", url = "u"', 'name = "one", url = "u"'),
        ('name = "one", secondary = false, default = false, url = "u"', 'name = "one", url = "u"'),
        ('name = "one", url = "u", secondary = false, default = false', 'name = "one", url = "u"'),
        ('default = false, name = "one", secondary = false, url = "u"', 'name = "one", url = "u"'),
    ],
)
def test_two_old_words_go_from_an_inline_table(old: str, new: str, tmp_path: Path) -> None:
    source = "source = [{{ {} }}]\n"
    made = migrated(tmp_path, f"{HEAD}{source.format(old)}\n{PYTHON}", "poetry")
    assert source.format(new) in made


def test_the_style_of_poetry_mends_and_moves_nothing(tmp_path: Path) -> None:
    text = f'{HEAD}\n{PYTHON}six = "^1"  # why\n\n[tool.poetry.dev-dependencies]  # d\npytest = "^7"\n\n'
    text += '[build-system]\nrequires = ["poetry-core>=1.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n'
    made = migrated(tmp_path, text, "poetry")
    assert made == text.replace("tool.poetry.dev-dependencies", "tool.poetry.group.dev.dependencies")


@pytest.mark.parametrize(
    ("dependency", "words"),
    [
        ('a = "latest"', "is no version constraint for `a`"),
        ('a = { version = "^1", markers = "nonsense" }', "the environment of `a` is none"),
        ('a = { version = "^1", registry = "x" }', "`registry` for `a` is not known to Poetry"),
        ('a = { url = "https://x.example/a.zip?token=abc" }', "has a secret in it"),
        ("a = 1", "a constraint such as"),
    ],
)
def test_what_cannot_be_carried_over_is_refused(dependency: str, words: str, tmp_path: Path) -> None:
    made = migration(tmp_path, f"{HEAD}\n{PYTHON}{dependency}\n")
    (note,) = made.plan.refused
    assert words in note.message
    assert note.written.line == 9
    assert "abc" not in repr(made.plan.notes)


def test_what_nothing_installs_limits_the_lock_as_before(tmp_path: Path) -> None:
    made = tomllib.loads(migrated(tmp_path, f'{HEAD}\n{PYTHON}a = {{ version = "^1", optional = true }}\n'))
    assert made["dependency-groups"] == {"optional": ["a (>=1,<2)"]}
    assert made["tool"]["poetry"]["group"] == {"optional": {"optional": True}}


def test_names_are_made_legal(tmp_path: Path) -> None:
    head = HEAD.replace('"a"', '"My App"').replace("[]", '["A <nowhere>", "B <b@c.d>"]')
    made = tomllib.loads(migrated(tmp_path, f'{head}\n{PYTHON}\n[tool.poetry.group."a,b".dependencies]\nx = "*"\n'))
    assert made["project"]["name"] == "My-App"
    assert made["project"]["authors"] == [{"name": "A <nowhere>"}, {"name": "B", "email": "b@c.d"}]
    assert made["dependency-groups"] == {"a-b": ["x"]}


@pytest.mark.parametrize("style", ["project", "poetry"])
def test_credentials_are_neither_written_nor_shown(style: Style, tmp_path: Path) -> None:
    made = migration(tmp_path, f'{HEAD}\n{PYTHON}a = {{ git = "https://joe:s3cret@github.com/acme/a.git" }}\n', style)
    assert b"github.com/acme/a.git" in b"".join(made.after.values())
    assert b"s3cret" not in b"".join(made.after.values())
    assert "s3cret" not in repr(made.plan)
    assert "credentials" in " ".join(note.message for note in made.plan.notes if note.level is Level.warning)


@pytest.mark.parametrize("style", ["project", "poetry"])
def test_the_credentials_of_a_source_go_to_poetrys_own_store(style: Style, tmp_path: Path) -> None:
    source = '[[tool.poetry.source]]\nname = "acme"\nurl = "https://joe:s3cret@pypi.acme.example/simple"\n'
    made = migration(tmp_path, f"{HEAD}\n{PYTHON}\n{source}", style)
    after = made.after[tmp_path / "pyproject.toml"].decode()
    assert source.replace("joe:s3cret@", "") in after
    assert "s3cret" not in repr(made.plan)
    assert "poetry config http-basic.acme USERNAME" in " ".join(note.message for note in made.plan.notes)
    assert made.plan.refused == ()


def test_a_lock_of_poetry_1_pins_its_versions(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").write_text(
        '[[package]]\nname = "six"\nversion = "1.15.0"\ndescription = ""\ncategory = "main"\noptional = false\n'
        'python-versions = "*"\n\n[metadata]\nlock-version = "1.1"\npython-versions = "^3.9"\ncontent-hash = "x"\n\n'
        '[metadata.files]\nsix = [\n    { file = "six-1.15.0.tar.gz", hash = "sha256:ab" },\n]\n'
    )
    made = migration(tmp_path, f'{HEAD}\n{PYTHON}six = "^1"\n')
    (pin,) = made.plan.pins
    assert (pin.name, pin.version, pin.hashes, pin.written.line) == ("six", "1.15.0", ("sha256:ab",), 1)
