"""The graph of what is locked, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.project import load
from sphinx_poetry_ext.project.graph import PROJECT, LockGraph, Section

METADATA = '[metadata]\nlock-version = "2.1"\ncontent-hash = "x"\n'


def graph(folder: Path, declared: str, lock: str, groups: tuple[str, ...] = ()) -> LockGraph:
    """Of a project; in *lock* a line is a package: name, version, then its dependencies as TOML after a bar."""
    (folder / "pyproject.toml").write_text(declared if declared.startswith("[") else main(declared))
    packages = []
    for line in lock.strip().splitlines():
        head, _, dependencies = line.strip().partition("|")
        name, version = head.split()
        packages.append(f'[[package]]\nname = "{name}"\nversion = "{version}"\n')
        if dependencies:
            packages.append(f"[package.dependencies]\n{chr(10).join(dependencies.split(';'))}\n")
    (folder / "poetry.lock").write_text("".join([METADATA, *packages]))
    return LockGraph(load(folder), groups)


def main(dependencies: str) -> str:
    return f"[tool.poetry.dependencies]\n{dependencies}\n"


def label(of: LockGraph, node: int) -> str:
    if node == PROJECT:
        return "*"
    package = of.packages[node]
    several = len(of.named(package.name)) > 1
    return f"{package.name} {package.version}" if several else package.name


def arrows(of: LockGraph, section: Section | None = None) -> list[str]:
    edges = of.edges if section is None else section.edges
    return [f"{label(of, edge.source)} > {label(of, edge.target)}" for edge in edges]


def levels(of: LockGraph, section: Section) -> dict[str, int]:
    return {label(of, node): level for node, level in section.levels.items()}


@pytest.mark.parametrize(
    ("declared", "lock", "expected"),
    [
        pytest.param("a='*'", "a 1", ["* > a"], id="one"),
        pytest.param("", "a 1", [], id="nothing declared"),
        pytest.param("a='*'", "", [], id="nothing locked"),
        pytest.param("a='*'", "a 1|b='*'\nb 1|c='*'\nc 1", ["* > a", "a > b", "b > c"], id="a chain"),
        pytest.param("a='*'", "a 1|b='*'\nb 1|a='*'", ["* > a", "a > b", "b > a"], id="a circle"),
        pytest.param("a='*'", "a 1|a='*'", ["* > a", "a > a"], id="itself"),
        pytest.param("a='*'", "a 1|pywin32='*'", ["* > a"], id="not locked, as its marker never holds"),
        pytest.param("A_b='*'", "a.B 1|C_d='*'\nc-D 1", ["* > a.B", "a.B > c-D"], id="names in any spelling"),
        pytest.param(
            "a='<2'\nb='*'",
            "a 1\na 2\nb 1|a='>=2'",
            ["* > a 1", "* > b", "b > a 2"],
            id="versions are nodes of their own",
        ),
        pytest.param("a='*'", "a 1\na 2\na 10", ["* > a 1", "* > a 2", "* > a 10"], id="versions in their order"),
        pytest.param("a='>=3'", "a 1\na 2", ["* > a 1", "* > a 2"], id="no version fits"),
        pytest.param("a='*'", "a 1|b={version='*',optional=true}\nb 1", ["* > a"], id="an extra nobody asks for"),
        pytest.param(
            "a={version='*',extras=['x']}",
            "a 1|b={version='*',optional=true,markers='extra == \"x\"'}\nb 1",
            ["* > a", "a > b"],
            id="an extra that is asked for",
        ),
        pytest.param(
            "a={version='*',extras=['y']}",
            "a 1|b={version='*',optional=true,markers='extra == \"x\"'}\nb 1",
            ["* > a"],
            id="another extra",
        ),
        pytest.param(
            "a={version='*',extras=['y']}",
            "a 1|b={version='*',optional=true}\nb 1",
            ["* > a", "a > b"],
            id="where the lock does not tell which extra, any will do",
        ),
        pytest.param(
            "c='*'",
            "a 1|b={version='*',optional=true,markers='extra == \"x\"'}\nb 1\nc 1|a={version='*',extras=['X']}",
            ["* > c", "a > b", "c > a"],
            id="an extra that another package asks for",
        ),
    ],
)
def test_who_requires_whom(tmp_path: Path, declared: str, lock: str, expected: list[str]) -> None:
    assert arrows(graph(tmp_path, declared, lock)) == expected


def test_which_extra_a_requirement_is_of_may_stand_in_the_extras_of_its_package(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(main("a={version='*',extras=['x']}"))
    (tmp_path / "poetry.lock").write_text(
        f"{METADATA}[[package]]\nname='a'\nversion='1'\nextras={{x=['B.1 (>=1)'], y=['c']}}\n"
        "dependencies={b-1={version='>=1',optional=true}, c={version='*',optional=true}}\n"
        "[[package]]\nname='b-1'\nversion='1'\n[[package]]\nname='c'\nversion='1'\n"
    )
    found = LockGraph(load(tmp_path))
    assert arrows(found) == ["* > a", "a > b-1"]
    assert found.edges[1].reasons[0].with_extras == ("x",)


def test_reasons(tmp_path: Path) -> None:
    found = graph(
        tmp_path,
        main("a={version='^1 ', extras=['x'], optional=true}\nb='>=2'\nc={git='https://g.example/c'}\nd='*'")
        + "[tool.poetry.extras]\nfast=['a']\n"
        + "[tool.poetry.group.dev.dependencies]\nb='>=2'\nd='<9'\n",
        "a 1|b={version='>=1',markers='extra == \"x\"',optional=true};d={version='*',markers='os_name == \"nt\"'}\n"
        "b 1\nc 1\nd 1",
    )
    assert [
        (reason.constraint, reason.extras, reason.optional, reason.with_extras, reason.groups, reason.fits)
        for edge in found.edges
        if edge.source == PROJECT
        for reason in edge.reasons
    ] == [
        ("^1", ("x",), True, ("fast",), ("main",), True),
        (">=2", (), False, (), ("main", "dev"), False),
        ("", (), False, (), ("main",), True),
        ("", (), False, (), ("main",), True),
        ("<9", (), False, (), ("dev",), True),
    ]
    assert [
        (label(found, edge.target), edge.optional, reason.constraint, reason.markers, reason.with_extras)
        for edge in found.edges
        if edge.source != PROJECT
        for reason in edge.reasons
    ] == [("b", True, ">=1", "", ("x",)), ("d", False, "", 'os_name == "nt"', ())]


def test_of_some_groups(tmp_path: Path) -> None:
    declared = main("a='*'") + "[tool.poetry.group.dev.dependencies]\nb='*'\n"
    found = graph(tmp_path, declared, "a 1|c='*'\nb 1|c='*'\nc 1", groups=("dev",))
    assert levels(found, found.below((PROJECT,))) == {"*": 0, "b": 1, "c": 2}
    assert levels(found, found.above(found.named("c"))) == {"c": 0, "b": 1, "*": 2}


class TestSections:
    LOCK = "a 1|b='*';c='*'\nb 1|d='*'\nc 1|d='*'\nd 1|e='*'\ne 1|a='*'\nf 1|d='*'"

    @pytest.fixture
    def found(self, tmp_path: Path) -> LockGraph:
        return graph(tmp_path, "a='*'\nc='*'", self.LOCK)

    def test_whole(self, found: LockGraph) -> None:
        section = found.below((PROJECT,))
        assert levels(found, section) == {"*": 0, "a": 1, "c": 1, "b": 2, "d": 2, "e": 3}
        assert (section.depth, section.hidden, section.cut) == (None, 0, frozenset())

    @pytest.mark.parametrize(("depth", "shown", "hidden"), [(1, 3, 3), (2, 5, 1), (3, 6, 0), (99, 6, 0)])
    def test_cut_where_asked(self, found: LockGraph, depth: int, shown: int, hidden: int) -> None:
        section = found.below((PROJECT,), depth, 1)
        assert (len(section.levels), section.hidden) == (shown, hidden)
        assert section.depth == (depth if hidden else None)

    @pytest.mark.parametrize(("most", "depth"), [(1, 1), (3, 1), (4, 1), (5, 2), (6, None)])
    def test_cut_where_there_are_too_many(self, found: LockGraph, most: int, depth: int | None) -> None:
        assert found.below((PROJECT,), most=most).depth == depth

    def test_what_is_next_to_hidden_ones_is_known(self, found: LockGraph) -> None:
        section = found.below((PROJECT,), 1)
        assert {label(found, node) for node in section.cut} == {"a", "c"}
        assert arrows(found, section) == ["* > a", "* > c", "a > c"]

    def test_from_a_package(self, found: LockGraph) -> None:
        assert levels(found, found.below(found.named("D"))) == {"d": 0, "e": 1, "a": 2, "b": 3, "c": 3}

    def test_from_several(self, found: LockGraph) -> None:
        section = found.below((*found.named("b"), *found.named("c")), 1)
        assert levels(found, section) == {"b": 0, "c": 0, "d": 1}

    def test_up_to_the_project_by_every_way_and_by_nothing_that_it_does_not_bring_in(self, found: LockGraph) -> None:
        section = found.above(found.named("d"))
        assert levels(found, section) == {"d": 0, "b": 1, "c": 1, "*": 2, "a": 2, "e": 3}
        assert {"* > a", "* > c", "a > b", "a > c", "b > d", "c > d"} <= set(arrows(found, section))

    def test_up_so_many_steps(self, found: LockGraph) -> None:
        assert levels(found, found.above(found.named("d"), 1)) == {"d": 0, "b": 1, "c": 1}

    def test_what_nothing_requires(self, found: LockGraph) -> None:
        assert levels(found, found.above(found.named("f"))) == {"f": 0}

    def test_a_name_that_is_not_locked(self, found: LockGraph) -> None:
        assert found.named("nobody") == ()


def test_the_order_of_the_lock_makes_no_difference(tmp_path: Path) -> None:
    lines = TestSections.LOCK.splitlines()
    one = arrows(graph(tmp_path, "a='*'\nc='*'", "\n".join(lines)))
    assert arrows(graph(tmp_path, "c='*'\na='*'", "\n".join(reversed(lines)))) == one


def test_without_a_lock_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(main("a='*'"))
    assert LockGraph(load(tmp_path)).edges == ()


def test_a_chain_of_thousands_takes_no_stack(tmp_path: Path) -> None:
    lock = "\n".join(f"p{number} 1|p{number + 1}='*'" for number in range(3000))
    found = graph(tmp_path, "p0='*'", lock)
    assert found.below((PROJECT,), most=60).depth == 59


def test_everything_in_real_locks_can_be_reached(cases: Path) -> None:
    """What Poetry has locked is there for a reason, so the extras are followed as Poetry does."""
    left_out = {}
    for file in sorted(cases.glob("real/*/poetry.lock")):
        project = load(file.parent)
        if project.lock is None or project.pyproject is None or project.lock_state != "fresh":
            continue
        found = LockGraph(project)
        reached = found.below((PROJECT,)).levels
        if missing := sorted(package.name for package in project.lock.packages if package.position not in reached):
            left_out[file.parent.name] = missing
    assert left_out == {}
