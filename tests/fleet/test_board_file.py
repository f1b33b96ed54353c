"""The board's file, good and bad, and its schema."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sphinx_poetry_ext.fleet.board_file import BadBoard, read_board
from sphinx_poetry_ext.fleet.model import Board, Freeze, Milestone

SCHEMA = json.loads((files("sphinx_poetry_ext.fleet") / "schemas/board-1.json").read_text("utf-8"))
WHOLE = """\
history = "board-history.jsonl"

[milestones]
"Q1" = 2027-03-31
"Q2" = 2027-06-30T12:00:00Z

[deprecated]
Nose_Tests = "use pytest"

[[packages]]
name = "shop"
folder = "../shop"
report = "https://docs.acme.example/shop/poetry-report.json"
repository = "https://git.acme.example/shop"
owners = ["@acme/web", "jo@acme.example", "@acme/web"]
team = "web"
wave = 1
milestone = "Q1"
freeze = { from = 2026-11-02, to = 2026-11-06 }
notes = "two\\npeople"

[[packages]]
name = "old"
decision = "skip"
reason = "retired in spring"
milestone = 2027-01-01
wave = "pilot"

[[packages]]
folder = "till"
decision = "later"
milestone = 2027-01-01T00:00:00
"""


def board(folder: Path, text: str) -> Board:
    file = folder / "poetry-board.toml"
    file.write_text(text, "utf-8")
    return read_board(file)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(BadBoard) as caught:
        board(folder, text)
    place = f"{(folder / 'poetry-board.toml').as_posix()}:"
    lines = str(caught.value).splitlines()
    assert all(line.startswith(place) for line in lines)
    return [line.removeprefix(place) for line in lines]


def one(folder: Path, text: str) -> str:
    found = mistakes(folder, text)
    assert len(found) == 1, found
    return found[0]


def project(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')


def test_everything(tmp_path: Path) -> None:
    read = board(tmp_path, WHOLE)
    shop, old, till = read.entries
    assert read.path == tmp_path / "poetry-board.toml"
    assert read.history == tmp_path / "board-history.jsonl"
    assert read.deprecated == {"nose-tests": "use pytest"}
    assert read.inputs == (read.path,)
    assert (shop.name, shop.line, shop.folder) == ("shop", 10, tmp_path.parent / "shop")
    assert shop.report == "https://docs.acme.example/shop/poetry-report.json"
    assert shop.repository == "https://git.acme.example/shop"
    assert shop.owners == ("@acme/web", "jo@acme.example")
    assert (shop.team, shop.wave, shop.notes) == ("web", "1", "two people")
    assert shop.milestone == Milestone("Q1", date(2027, 3, 31))
    assert shop.freeze == Freeze(date(2026, 11, 2), date(2026, 11, 6))
    assert (shop.decision, shop.is_named) == ("migrate", True)
    assert (old.decision, old.reason, old.wave) == ("skip", "retired in spring", "pilot")
    assert old.milestone == till.milestone == Milestone("2027-01-01", date(2027, 1, 1))
    assert (till.name, till.is_named, till.decision, till.folder) == ("till", False, "later", tmp_path / "till")


def test_a_folder_means_the_file_in_it(tmp_path: Path) -> None:
    board(tmp_path, WHOLE)
    assert len(read_board(tmp_path).entries) == 3


def test_an_empty_board(tmp_path: Path) -> None:
    assert board(tmp_path, "").entries == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("package = 1", "1: there is no key `package` here: did you mean `packages`?"),
        (
            "zzz = 1",
            "1: there is no key `zzz` here: known are `history`, `milestones`, `deprecated` and `packages`",
        ),
        (
            "packages = 1",
            "1: `packages` is the number `1`: it takes an array of tables, `[[packages]]` for each package",
        ),
        ("packages = [1]", "1: `packages` holds the number `1`: it takes tables, [[packages]]"),
        ("milestones = 1", "1: `milestones` is the number `1`: it takes a table, [milestones]"),
        ("history = 1", "1: `history` is the number `1`: it takes a string, in quotes"),
        ("history = ' '", "1: `history` is empty: write something, or leave it out"),
        ("[deprecated]\nnose = 1", "2: `nose` is the number `1`: it takes a string, in quotes"),
        (
            '[milestones]\nQ1 = "2027-03-31"',
            "2: milestone `Q1` is a string: write the day without quotes: 2027-03-31",
        ),
        (
            "[milestones]\nQ1 = 3",
            "2: milestone `Q1` is the number `3`: it takes a day such as 2027-03-31, without quotes",
        ),
        (
            "[milestones]\nQ1 = 12:00:00",
            "2: milestone `Q1` is a date or time: it takes a day such as 2027-03-31, without quotes",
        ),
    ],
)
def test_mistakes(tmp_path: Path, text: str, expected: str) -> None:
    assert one(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "4: nothing says where this package is: give the `folder`, the address of its `report`, or both"),
        ('folder = "a"\nteem = "x"', "7: there is no key `teem` here: did you mean `team`?"),
        ("folder = 1", "6: `folder` is the number `1`: it takes a string, in quotes"),
        (
            'report = "ftp://acme.example/x"',
            "6: the address in `report` is not of the web: it takes one that begins with https://",
        ),
        (
            'report = "http://acme.example/x"',
            "6: the address in `report` is not encrypted: it takes https:// (http:// for this machine alone)",
        ),
        (
            'report = "poetry-report.json"',
            "6: the address in `report` is no address: it takes one such as"
            " https://docs.acme.example/shop/poetry-report.json",
        ),
        (
            'folder = "a"\nrepository = "javascript:alert(1)"',
            "7: `repository` is no address: write one such as https://git.acme.example/shop",
        ),
        (
            'folder = "a"\nowners = "@a"',
            '7: `owners` is a string: it takes an array such as ["@acme/web", "jo@acme.example"]',
        ),
        (
            'folder = "a"\nowners = ["@a", 1]',
            '7: `owners` holds the number `1`: write names, such as ["@acme/web", "jo@acme.example"]',
        ),
        (
            'folder = "a"\nowners = ["@a", ""]',
            '7: `owners` holds an empty string: write names, such as ["@acme/web", "jo@acme.example"]',
        ),
        ('folder = "a"\nwave = true', '7: `wave` is `true`: write a whole number, or a name: wave = "pilot"'),
        ('folder = "a"\nwave = ""', "7: `wave` is empty: write something, or leave it out"),
        (
            'folder = "a"\nmilestone = "Q11"',
            "7: there is no milestone `Q11`: did you mean `Q1`? Defined are `Q1` and `end`",
        ),
        (
            'folder = "a"\nmilestone = "zzz"',
            "7: there is no milestone `zzz`: defined in [milestones] are `Q1` and `end`",
        ),
        ('folder = "a"\nmilestone = ""', "7: `milestone` is empty: defined in [milestones] are `Q1` and `end`"),
        (
            'folder = "a"\nmilestone = "2027-03-31"',
            "7: there is no milestone `2027-03-31`: write a day without quotes: milestone = 2027-03-31",
        ),
        (
            'folder = "a"\nmilestone = 7',
            "7: `milestone` is the number `7`: it takes a name of [milestones], or a day:"
            ' "Q1", 2027-03-31, without quotes',
        ),
        (
            'folder = "a"\nfreeze = 1',
            "7: `freeze` is the number `1`: it takes a table such as { from = 2026-11-02, to = 2026-11-06 }",
        ),
        (
            'folder = "a"\nfreeze = { from = 2026-11-02 }',
            "7: `freeze` has no `to`: write both days: freeze = { from = 2026-11-02, to = 2026-11-06 }",
        ),
        (
            'folder = "a"\nfreeze = { from = 2026-11-02, to = "soon" }',
            "7: `to` of the freeze is a string: it takes a day such as 2027-03-31, without quotes",
        ),
        (
            'folder = "a"\nfreeze = { from = 2026-11-06, to = 2026-11-02 }',
            "7: the freeze ends on 2026-11-02, before it begins on 2026-11-06: write the first day as `from`:"
            " freeze = { from = 2026-11-02, to = 2026-11-06 }",
        ),
        (
            'decision = "skip"',
            '6: decision = "skip" needs a `reason`: say why, for those who look for it later:'
            ' reason = "retired in spring"',
        ),
        ('folder = "a"\ndecision = "never"', "7: there is no decision `never`: it is `migrate`, `later` or `skip`"),
        (
            'folder = "services/*"',
            "5: `name` is of one package, and `folder` is a pattern for several: leave `name` out, or name one folder",
        ),
    ],
)
def test_mistakes_in_a_package(tmp_path: Path, text: str, expected: str) -> None:
    head = "[milestones]\nQ1 = 2027-03-31\nend = 2027-12-31\n[[packages]]\nname = 'shop'\n"
    assert one(tmp_path, head + text) == expected


def test_a_package_without_a_name(tmp_path: Path) -> None:
    found = one(tmp_path, '[[packages]]\nreport = "https://acme.example/r.json"')
    assert found == "1: this package has no `name`: give it one; only that of a `folder` can be found out"


def test_a_milestone_where_none_is_defined(tmp_path: Path) -> None:
    found = one(tmp_path, '[[packages]]\nfolder = "a"\nmilestone = "my day"')
    assert found == (
        "3: there is no milestone `my day`: define it:"
        ' [milestones] with `"my day" = 2027-03-31`, or write the day itself'
    )


def test_a_pattern_has_no_single_report(tmp_path: Path) -> None:
    found = one(tmp_path, '[[packages]]\nfolder = "s/*"\nreport = "https://acme.example/r.json"')
    assert found.startswith("3: `report` is of one package")


def test_a_bad_milestone_is_told_once(tmp_path: Path) -> None:
    assert one(tmp_path, '[milestones]\nQ1 = 3\n[[packages]]\nfolder = "a"\nmilestone = "Q1"').startswith("2: ")


def test_all_mistakes_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = mistakes(tmp_path, 'x = 1\n[[packages]]\nfolder = 3\n[[packages]]\nname = 4\nfolder = "a"\nwaves = 1')
    assert [line.partition(":")[0] for line in found] == ["1", "3", "5", "7"]


@pytest.mark.parametrize(
    "address",
    [
        "https://jo:s3cret@acme.example/r.json",
        "https://s3cret@acme.example/r.json",
        "https://acme.example/r.json?token=s3cret",
        "http://jo:s3cret@acme.example/r.json",
        "https://jo:s3cret@acme.example:port/r.json",
        "https:// s3cret @acme.example/",
        "s3cret:jo@acme.example",
    ],
)
@pytest.mark.parametrize("key", ["report", "repository"])
def test_credentials_are_refused_and_not_shown(tmp_path: Path, address: str, key: str) -> None:
    assert "s3cret" not in one(tmp_path, f'[[packages]]\nname = "a"\nfolder = "a"\n{key} = "{address}"')


@pytest.mark.parametrize(
    "address", ["git@acme.example:web/shop.git", "ssh://git@acme.example/shop", "http://acme.example"]
)
def test_repositories(tmp_path: Path, address: str) -> None:
    assert board(tmp_path, f'[[packages]]\nfolder = "a"\nrepository = "{address}"').entries[0].repository == address


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/r", "http://127.0.0.2/r", "http://[::1]:80/r", "HTTPS://A.example/r"]
)
def test_addresses(tmp_path: Path, address: str) -> None:
    assert board(tmp_path, f'[[packages]]\nname = "a"\nreport = "{address}"').entries[0].report == address


def test_no_toml(tmp_path: Path) -> None:
    assert one(tmp_path, "[milestones]\nQ1 = \n").startswith("2: ")
    assert one(tmp_path, "a = 1\n<<<<<<< HEAD\n").startswith("2: merge conflict markers")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadBoard, match=r"poetry-board\.toml: there is no such file: check the path") as caught:
        read_board(tmp_path / "poetry-board.toml")
    assert caught.value.exit_code == 2
    (tmp_path / "poetry-board.toml").mkdir()
    with pytest.raises(BadBoard, match="this is a folder"):
        read_board(tmp_path)


# -- patterns of folders ----------------------------------------------------------------------------------------------


def test_a_pattern_is_an_entry_for_each_project(tmp_path: Path) -> None:
    for name in ("b", "a", "sub/c", ".venv"):
        project(tmp_path / "services" / name, f"the-{name}")
    (tmp_path / "services/none").mkdir()
    (tmp_path / "services/file").touch()
    (tmp_path / "services/old").mkdir()
    (tmp_path / "services/old/requirements.txt").write_text("requests==2.0\n")
    read = board(tmp_path, '[[packages]]\nfolder = "services/*"\nteam = "web"\nwave = 2\n')
    assert [entry.name for entry in read.entries] == ["a", "b", "old"]
    assert {(entry.team, entry.wave, entry.line, entry.is_named) for entry in read.entries} == {("web", "2", 1, False)}
    assert read.entries[0].folder == tmp_path / "services/a"
    # Pages are built anew when a folder, or a project in one, comes or goes.
    empty = tmp_path / "services/none"
    expected = {tmp_path / "services/*", empty / "pyproject.toml", empty / "*.pip", empty / "requirements/*.txt"}
    assert expected <= set(read.inputs)
    assert [entry.name for entry in board(tmp_path, '[[packages]]\nfolder = "./services/**"').entries] == [
        "a",
        "b",
        "old",
        "c",
    ]


def test_what_another_entry_names_is_not_in_the_pattern(tmp_path: Path) -> None:
    project(tmp_path / "services/a", "a")
    project(tmp_path / "services/b", "b")
    text = '[[packages]]\nfolder = "services/*"\n[[packages]]\nfolder = "services/../services/b"\nteam = "b"\n'
    text += '[[packages]]\nfolder = "*/a"'
    read = board(tmp_path, text)
    assert [(entry.folder and entry.folder.name, entry.team) for entry in read.entries[:2]] == [("a", None), ("b", "b")]
    assert len(read.entries) == 2


def test_a_pattern_from_the_root_and_one_beside(tmp_path: Path) -> None:
    project(tmp_path / "all/services/a", "a")
    (tmp_path / "boards").mkdir()
    for pattern in (f"{tmp_path.as_posix()}/all/*/a", "../all/serv*/?"):
        (entry,) = board(tmp_path / "boards", f'[[packages]]\nfolder = "{pattern}"').entries
        assert entry.folder == tmp_path / "all/services/a"


def test_a_pattern_that_nothing_fits(tmp_path: Path) -> None:
    (entry,) = board(tmp_path, '[[packages]]\nfolder = "services/*"\nowners = ["@a"]').entries
    assert (entry.name, entry.folder, entry.owners) == ("services/*", None, ("@a",))
    assert entry.problem == (
        "no folder with a project fits `services/*`: check the pattern, or get the repositories that it is for"
    )


# -- the schema -------------------------------------------------------------------------------------------------------


def as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def fits_schema(text: str) -> bool:
    tree: Any = as_json(tomllib.loads(text))
    return bool(Draft202012Validator(SCHEMA).is_valid(tree))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    keys = SCHEMA["$defs"]["package"]["properties"]
    assert all("description" in part for part in (*keys.values(), *SCHEMA["properties"].values()))


def _lines(*values: str) -> list[str]:
    return [f"[milestones]\nQ1 = 2027-03-31\n[[packages]]\nname = 'shop'\nfolder = 'a'\n{value}" for value in values]


GOOD = [
    "",
    WHOLE,
    "packages = []",
    '[[packages]]\nfolder = "s/*"',
    *_lines("wave = 0", "owners = []", 'milestone = "Q1"', "freeze = { from = 2026-01-01, to = 2026-01-01 }"),
    *_lines('report = "http://localhost:1/x"', 'report = "http://[::1]/x"', 'repository = "git@a.example:x"'),
]
BAD = [
    "x = 1",
    "packages = 1",
    "packages = [1]",
    "history = ''",
    "milestones = 1",
    "[milestones]\nQ1 = 1",
    "[deprecated]\nnose = 1",
    "[[packages]]",
    "[[packages]]\nname = 'a'",
    "[[packages]]\nname = 'a'\ndecision = 'later'",
    "[[packages]]\nname = 'a'\ndecision = 'skip'",
    "[[packages]]\nreport = 'https://a.example/x'",
    "[[packages]]\nname = 'a'\nfolder = 'a/*'",
    "[[packages]]\nfolder = 'a/?'\nreport = 'https://a.example/x'",
    *_lines("x = 1", "team = 1", "team = ''", "wave = 1.5", "wave = false", "owners = 'a'", "owners = ['']"),
    *_lines("milestone = 1", "freeze = 1", "freeze = {}", "freeze = { from = 2026-01-01, until = 2026-01-02 }"),
    *_lines("decision = 'no'", "reason = 1", "notes = []", "report = 'x'", "report = 'http://a.example/x'"),
    *_lines("report = 'ftp://a.example'", "repository = 'javascript:x'", "repository = 'x'", "report = 'https://'"),
]
ONLY_THE_READER = [  # what no schema can say
    *_lines("milestone = 'Q2'", "freeze = { from = 2026-01-02, to = 2026-01-01 }", "report = 'https://a:b@c.example/'"),
    "[milestones]\nQ1 = '2027-03-31'",
]


def reads(folder: Path, text: str) -> bool:
    try:
        board(folder, text)
    except BadBoard:
        return False
    return True


@pytest.mark.parametrize("text", GOOD)
def test_good_for_schema_and_reader(tmp_path: Path, text: str) -> None:
    assert (reads(tmp_path, text), fits_schema(text)) == (True, True)


@pytest.mark.parametrize("text", BAD)
def test_bad_for_schema_and_reader(tmp_path: Path, text: str) -> None:
    assert (reads(tmp_path, text), fits_schema(text)) == (False, False)


@pytest.mark.parametrize("text", ONLY_THE_READER)
def test_bad_for_the_reader_alone(tmp_path: Path, text: str) -> None:
    assert (reads(tmp_path, text), fits_schema(text)) == (False, True)
