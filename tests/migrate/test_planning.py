"""What becomes what: plans made of readings, most of them of small requirements files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from poetry.core.packages.dependency import Dependency

from sphinx_poetry_ext.lint.finding import Level
from sphinx_poetry_ext.migrate.inventory import find_sources
from sphinx_poetry_ext.migrate.model import Index, Pin, Reading, Value, Wanted, Written
from sphinx_poetry_ext.migrate.plan import Plan
from sphinx_poetry_ext.migrate.planning import make_plan
from sphinx_poetry_ext.migrate.readers import requirements, specifiers
from sphinx_poetry_ext.migrate.writer.tables import pep508

WHERE = Written(Path("setup.py"), 1)


def plan(top: Path, *others: Reading, **files: str) -> Plan:
    for name, text in files.items():
        (top / f"{name.replace('_', '-')}.txt").write_text(text)
    sources = find_sources(top)
    reading = requirements.read(sources.requirements, top=top, repository=top, constraints=sources.constraints)
    return make_plan(top, [*others, reading])


def shown(made: Plan) -> list[str]:
    return [
        f"{planned.wanted.group}: {planned.wanted.name}{planned.wanted.constraint}"
        + (f"; {planned.wanted.markers}" if planned.wanted.markers else "")
        for planned in made.dependencies
    ]


def package(*wanted: Wanted) -> Reading:
    return Reading("setup.py", (Path("setup.py"),), wanted=wanted, is_package=True)


def test_an_application_keeps_its_requirements_and_their_versions(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="click==8.1.3\nrequests>=2\n", dev="", requirements_dev="pytest==7.2.1\n")
    assert made.mode == "application"
    assert shown(made) == ["main: click==8.1.3", "main: requests>=2", "dev: pytest==7.2.1"]
    assert [(pin.name, pin.version) for pin in made.pins] == [("click", "8.1.3"), ("pytest", "7.2.1")]


def test_markers_keep_entries_apart(tmp_path: Path) -> None:
    made = plan(
        tmp_path, requirements='click==7.1.2; python_version < "3.10"\nclick==8.1.3; python_version >= "3.10"\n'
    )
    assert shown(made) == [
        'main: click==7.1.2; python_version < "3.10"',
        'main: click==8.1.3; python_version >= "3.10"',
    ]
    assert [pin.version for pin in made.pins] == ["7.1.2", "8.1.3"]
    assert made.refused == ()


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a>=1", "a<2", "a>=1,<2"),
        ("a", "a>=1", "a>=1"),
        ("a>=1", "a", "a>=1"),
        ("a==1.2", "a==1.2", "a==1.2"),
        ("a>=1", "a==1.2", "a==1.2"),
        ("A.b>=1", "a-B<2", "A.b>=1,<2"),
    ],
)
def test_what_is_asked_for_twice_is_one(one: str, other: str, both: str, tmp_path: Path) -> None:
    made = plan(tmp_path, requirements=f"{one}\n{other}\n")
    assert shown(made) == [f"main: {both}"]
    assert [written.line for written in made.dependencies[0].written] == [1, 2]
    assert made.refused == ()


@pytest.mark.parametrize(("one", "other"), [("a==1", "a==2"), ("a<1", "a>=2"), ("a==1", "./a")])
def test_contradictions_are_refused(one: str, other: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "setup.py").write_text("setup(name='a')")
    (note,) = plan(tmp_path, requirements=f"{one}\n{other}\n").refused
    assert note.written.line == 2
    assert "requirements.txt:1" in note.message


def test_what_the_project_has_no_group_repeats(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="a==1\nb>=2\n", requirements_dev="a==1\nb>=3\nc\n")
    assert shown(made) == ["main: a==1", "main: b>=2", "dev: b>=3", "dev: c"]
    assert [dropped.text for dropped in made.dropped] == ["a==1"]


def test_constraints_pin_and_limit_and_install_nothing(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        requirements="-c constraints.txt\nrequests>=2.20\nclick\n",
        constraints="requests==2.28.2\nnumpy==1\nclick<9\nurllib3<2\n",
    )
    assert shown(made) == ["main: requests>=2.20", "main: click<9"]
    assert {(pin.name, pin.version) for pin in made.pins} == {("requests", "2.28.2"), ("numpy", "1")}
    words = " ".join(note.message for note in made.notes)
    assert "Poetry has no constraints files" in words
    assert "`urllib3<2` limits what others require" in words


def test_a_limit_that_contradicts_a_requirement_is_refused(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="-c constraints.txt\nclick>=9\nsix==1.16.0\n", constraints="click<9\nsix<2\n")
    assert [note.message for note in made.refused] == [
        "`click<9` contradicts `click>=9` in requirements.txt:2: keep one of the two"
    ]
    assert shown(made) == ["main: click>=9", "main: six==1.16.0"]


def test_the_metadata_of_a_package_stays_loose_and_its_versions_are_pinned(tmp_path: Path) -> None:
    declared = package(Wanted("requests", WHERE, ">=2"), Wanted("click", WHERE))
    made = plan(tmp_path, declared, requirements="requests==2.28.2\nidna==3.4\nclick<9\ngunicorn>=20\n")
    assert made.mode == "package"
    assert shown(made) == ["main: requests>=2", "main: click", "requirements: click<9", "requirements: gunicorn>=20"]
    assert {(pin.name, pin.version) for pin in made.pins} == {("requests", "2.28.2"), ("idna", "3.4")}
    note = next(note.message for note in made.notes if "pinned here" in note.message)
    assert note.startswith("1 package is pinned here and not declared by the package (idna): ")


def test_what_a_package_publishes_stays_as_wide_as_it_was(tmp_path: Path) -> None:
    declared = package(Wanted("requests", WHERE, ">=2"), Wanted("click", WHERE, ">=8,<10"), Wanted("six", WHERE))
    made = plan(
        tmp_path,
        declared,
        requirements="requests>=2.20\nclick>=8\n",
        constraints="click<9\nsix>=1.10\nrequests>=1\nurllib3<2\n",
    )
    assert shown(made) == [
        *("main: requests>=2", "main: click>=8,<10", "main: six", "requirements: requests>=2.20"),
        *("constraints: click<9", "constraints: six>=1.10"),
    ]
    assert made.optional_groups == {"constraints"}
    assert [dropped.text for dropped in made.dropped] == ["click>=8"]
    assert [note.message.partition(" ")[0] for note in made.notes if "what others require" in note.message] == [
        "`urllib3<2`"
    ]


@pytest.mark.parametrize(
    ("several", "tight"),
    [
        (">=1,>=1.2", ">=1.2"),
        (">1.2,>=1.2", ">1.2"),
        ("<3,<=3,<4", "<3"),
        (">=1,<2,!=1.5", ">=1,<2,!=1.5"),
        ("~=1.4,>=1.2", "~=1.4,>=1.2"),
        ("", ""),
    ],
)
def test_needless_ends_go(several: str, tight: str) -> None:
    assert specifiers.shown(specifiers.tightened(SpecifierSet(several))) == tight


def test_two_versions_of_one_package_are_said(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="a==1\n", requirements_dev="b\n", constraints="a==2\n")
    assert [(pin.name, pin.version) for pin in made.pins if pin.name == "a"] == [("a", "2")]
    assert "is `==2` in constraints.txt:1" in " ".join(note.message for note in made.notes)


def test_the_last_index_counts_and_others_are_asked_after_it(tmp_path: Path) -> None:
    lines = [
        "--index-url https://joe:pw@pypi.acme.example/simple/",
        "--extra-index-url https://extra.acme.example/root/simple",
        "-i https://pypi.acme.example/second/simple",
        "a",
    ]
    made = plan(tmp_path, requirements="\n".join(lines))
    assert [(source.name, source.url, source.priority) for source in made.sources] == [
        ("acme", "https://pypi.acme.example/second/simple", "primary"),
        ("extra-acme", "https://extra.acme.example/root/simple", "supplemental"),
    ]
    assert [dropped.written.line for dropped in made.dropped] == [1]
    assert "dependency confusion" in " ".join(note.message for note in made.notes)


def test_credentials_are_asked_for_again(tmp_path: Path) -> None:
    reading = Reading(
        "requirements", (), indexes=(Index("https://x.acme.example/simple", "extra", WHERE, needs_credentials=True),)
    )
    (note,) = (note for note in make_plan(tmp_path, [reading]).notes if "credentials" in note.message)
    assert "poetry config http-basic.x-acme USERNAME" in note.message
    assert "POETRY_HTTP_BASIC_X_ACME_PASSWORD" in note.message


def test_the_first_source_of_metadata_counts_and_others_are_said(tmp_path: Path) -> None:
    one = replace(package(), metadata={"version": Value("1.0", Written(Path("setup.cfg"), 3))})
    other = replace(package(), metadata={"version": Value("2.0", Written(Path("setup.py"), 5))})
    made = make_plan(tmp_path, [one, other])
    assert made.metadata["version"].value == "1.0"
    (note,) = (note for note in made.notes if note.level is Level.warning)
    assert "`version` is another one in setup.cfg:3" in note.message


def test_the_python_is_that_of_the_pins(tmp_path: Path) -> None:
    reading = Reading("pip-tools", (), pins=(Pin("a", "1", WHERE),), pinned_for=("3.11", "3.9"))
    assert make_plan(tmp_path, [reading]).metadata["requires-python"].value == ">=3.9,<4.0"


def of_classifiers(*versions: str, package: bool = True, pinned_for: tuple[str, ...] = ()) -> Reading:
    listed = [f"Programming Language :: Python :: {text}" for text in versions]
    value = Value(listed, Written(Path("setup.py"), 7))
    return Reading("setuptools", (), metadata={"classifiers": value}, is_package=package, pinned_for=pinned_for)


@pytest.mark.parametrize(
    ("reading", "requires", "words"),
    [
        (of_classifiers("3", "3.10", "3.8", "3 :: Only"), ">=3.8,<4.0", "3.8 is the lowest that the classifiers name"),
        (of_classifiers("3.10", "3.9", pinned_for=("3.12",)), ">=3.9,<4.0", "3.9 is the lowest"),
        (of_classifiers("2.7", "3.6"), ">=3.6,<4.0", "3.6 is the lowest"),
        (of_classifiers("2.6", "2.7"), ">=2.7,<4.0", "2.7 is the lowest"),
        (of_classifiers("3.9", package=False), ">=3.9,<4.0", "3.9 is the lowest"),
        (of_classifiers("3.9", package=False, pinned_for=("3.12",)), ">=3.12,<4.0", "the pins were made for"),
        (of_classifiers("3", pinned_for=("3.12",)), ">=3.12,<4.0", "the pins were made for"),
    ],
)
def test_the_lowest_python_of_the_classifiers(reading: Reading, requires: str, words: str, tmp_path: Path) -> None:
    made = make_plan(tmp_path, [reading])
    assert made.metadata["requires-python"].value == requires
    (note,) = [note for note in made.notes if "`requires-python` becomes" in note.message]
    assert words in note.message
    assert f"`{requires}`" in note.message


def test_python_2_among_the_classifiers_is_spoken_of(tmp_path: Path) -> None:
    (note,) = [
        note for note in make_plan(tmp_path, [of_classifiers("2.7", "3.6")]).notes if note.level is Level.warning
    ]
    assert note.message.startswith("the classifiers name Python 2.7, too, which `>=3.6,<4.0` leaves out: ")
    assert note.written == (Path("setup.py"), 7)


def test_what_the_metadata_requires_comes_before_classifiers(tmp_path: Path) -> None:
    reading = of_classifiers("3.8")
    metadata = {**reading.metadata, "requires-python": Value(">=3.10", WHERE)}
    made = make_plan(tmp_path, [replace(reading, metadata=metadata)])
    assert made.metadata["requires-python"].value == ">=3.10"


def test_only_what_was_carried_over_whole_may_be_removed(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="a\n", requirements_dev="b ==\n")
    assert [path.name for path in made.removable] == ["requirements.txt"]


def test_a_plan_of_nothing(tmp_path: Path) -> None:
    made = make_plan(tmp_path / "My App!", [])
    assert (made.mode, made.name, made.dependencies) == ("application", "my-app", ())


def test_sources_have_names_of_their_own_after_cleaning(tmp_path: Path) -> None:
    urls = ["https://a.example/x_y", "https://a.example/x.y", "https://a.example/x-y", "https://a.example/X-Y"]
    made = plan(tmp_path, requirements="".join(f"--extra-index-url {url}\n" for url in urls) + "six\n")
    names = [source.name for source in made.sources]
    assert len({name.lower() for name in names}) == len(urls), names
    assert [source.url for source in made.sources] == urls


EXPORTED = """\
a==1.0 ; python_version >= "3.8" and python_version < "3.12"
b==2.0 ; python_version >= "3.8" and python_version < "3.12" and sys_platform == "win32"
"""


def test_the_markers_of_pins_say_which_pythons_they_are_for(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements=EXPORTED)
    assert made.metadata["requires-python"].value == ">=3.8,<3.12"


def test_a_range_that_the_pins_contradict_is_said_before_anything_is_locked(tmp_path: Path) -> None:
    metadata = {"requires-python": Value(">=3.9", WHERE)}
    package = Reading("setup.py", (Path("setup.py"),), metadata=metadata, is_package=True)
    made = plan(tmp_path, package, requirements=EXPORTED)
    (note,) = [note for note in made.notes if "for which the markers" in note.message]
    assert note.message.startswith("`>=3.9` has Python 3.12, 3.13")
    assert "`>=3.8,<3.12` is the range" in note.message
    header = "# This file is autogenerated by pip-compile with Python 3.7\n"
    made = plan(tmp_path, package, requirements=f"{header}a==1.0\n")
    (note,) = [note for note in made.notes if "made for Python 3.7" in note.message]
    assert "which `>=3.9` in setup.py:1 leaves out: with `>=3.7` they fit" in note.message
    assert note.written == Written(tmp_path / "requirements.txt", 1)


def test_two_groups_that_declare_two_versions_cannot_be_locked(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="click==8.1.3\n", requirements_dev="click==8.0.0\npytest\n")
    (note,) = made.refused
    assert note.written == Written(tmp_path / "requirements-dev.txt", 1)
    assert "`==8.1.3` in requirements.txt:1: Poetry locks one version for all groups" in note.message


@pytest.mark.parametrize(
    "line",
    [
        "-e git+https://git.example/acme/loose.git@0123456789abcdef0123456789abcdef01234567#egg=Loose",
        "loose==1.0",
        "loose @ file:///home/joe/src/loose",
    ],
)
def test_a_freeze_that_has_the_project_itself(line: str, tmp_path: Path) -> None:
    where = Value("loose", WHERE)
    itself = replace(package(Wanted("six", WHERE)), metadata={"name": where, "version": Value("1.0", WHERE)})
    made = plan(tmp_path, itself, requirements=f"six==1.15.0\n{line}\n", requirements_dev=f"{line}\nb==2\n")
    assert shown(made) == ["main: six", "dev: b==2"]
    assert [(pin.name, pin.version) for pin in made.pins] == [("six", "1.15.0"), ("b", "2")]
    assert made.refused == ()
    assert [(found.text, found.written.path.name, found.written.line) for found in made.dropped] == [
        ("loose", "requirements.txt", 2),
        ("loose", "requirements-dev.txt", 1),
    ]


def test_a_folder_that_has_the_name_of_a_dependency(tmp_path: Path) -> None:
    """Poetry's solver fails with an AssertionError for a project that depends on itself."""
    top = tmp_path / "click"
    top.mkdir()
    made = plan(top, requirements="Click==8.1.3\n")
    assert made.name == "click-app"
    assert any("the folder has the name of the dependency" in note.message for note in made.notes)


def test_of_versions_that_contradict_each_other_the_first_is_carried_over(tmp_path: Path) -> None:
    """In another group, too: with both of them nothing could be locked."""
    made = plan(tmp_path, requirements="idna==3.4\n", requirements_dev="idna==3.6\nb\n")
    assert [(note.written.path.name, note.written.line) for note in made.refused] == [("requirements-dev.txt", 1)]
    assert shown(made) == ["main: idna==3.4", "dev: b"]


@pytest.mark.parametrize(
    "line",
    ["--trusted-host a.example", "--no-index", "--no-binary :all:", "--pre", "-f ./wheels", "-c constraints.txt"],
)
def test_a_file_with_what_has_no_place_in_poetry_is_not_removed(line: str, tmp_path: Path) -> None:
    made = plan(tmp_path, requirements=f"{line}\na==1\n", requirements_dev="b==1\n", constraints="urllib3<2\n")
    stays = "constraints.txt" if "-c" in line else "requirements.txt"
    assert stays not in {path.name for path in made.removable}
    assert "requirements-dev.txt" in {path.name for path in made.removable}


@pytest.mark.parametrize(
    ("line", "carried"),
    [
        ("a===1.15.0", "main: a==1.15.0"),
        ("a>=1,===1.5", "main: a==1.5,>=1"),
        ("a==1; '3.8' <= python_version", 'main: a==1; python_version >= "3.8"'),
        ("a==1; '3.8' > python_version and 'nt' == os_name", 'main: a==1; python_version < "3.8" and os_name == "nt"'),
        ("a==1; python_version === '3.8'", 'main: a==1; python_version == "3.8"'),
        ("a==1; 'linux' in sys_platform", 'main: a==1; "linux" in sys_platform'),
        ("a===foo", None),
        ("a>=2,<1.5", None),
    ],
)
def test_what_poetry_has_other_words_for_or_none(line: str, carried: str | None, tmp_path: Path) -> None:
    """One line that poetry-core cannot read would make the whole pyproject.toml unreadable."""
    made = plan(tmp_path, requirements=f"{line}\nb\n")
    assert shown(made) == [*([carried] if carried else []), "main: b"]
    assert [note.written.line for note in made.refused] == ([] if carried else [1])
    for planned in made.dependencies:
        Dependency.create_from_pep_508(pep508(planned.wanted))


def test_the_marker_of_a_pin_is_one_that_poetry_reads_in_a_lock(tmp_path: Path) -> None:
    made = plan(tmp_path, requirements="-c constraints.txt\na\n", constraints="a==1; '3.8' <= python_version\n")
    assert [pin.markers for pin in made.pins] == ['python_version >= "3.8"']
