"""The content-hash, against hashes that real Poetry versions computed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_poetry_ext.project import content_hash, load
from sphinx_poetry_ext.project.content_hash import hash_0_10, hash_0_11, hash_1_2, hash_2_0, hash_2_3
from sphinx_poetry_ext.project.model import Lock

LEGACY = """
[tool.poetry]
name = "teapot"

[tool.poetry.dependencies]
python = "^3.8"
kettle = { version = "^1.2", extras = ["élan"], optional = true }
leaves = [
    { version = "<2", python = "<3.9" },
    { version = ">=2", python = ">=3.9" },
]

[tool.poetry.dev-dependencies]
taster = "*"

[tool.poetry.extras]
hot = ["kettle"]

[[tool.poetry.source]]
name = "shop"
url = "https://shop.example/simple/"
"""
GROUPS = """
[tool.poetry]
name = "teapot"

[tool.poetry.dependencies]
python = "^3.8"
kettle = "^1.2"

[tool.poetry.group.dev.dependencies]
taster = "*"

[tool.poetry.group.docs]
optional = true
"""
PROJECT = """
[project]
name = "teapot"
requires-python = ">=3.9"
dependencies = ["kettle (>=1.2,<2.0)"]

[project.optional-dependencies]
hot = ["leaves>=2"]

[tool.poetry.dependencies]
kettle = { source = "shop" }

[tool.poetry.group.dev.dependencies]
taster = "*"
"""
STANDARD_GROUPS = """
[project]
name = "teapot"
dependencies = ["kettle (>=1.2,<2.0)"]

[dependency-groups]
dev = ["taster", { include-group = "docs" }]
docs = []
"""
MIXED = """
[tool.poetry.dependencies]
python = "^3.9"
kettle = "^1.2"

[dependency-groups]
dev = ["taster"]
"""
BARE = """
[tool.poetry]
package-mode = false
"""

# What `Locker._get_content_hash()` said: of Poetry 0.10.3; of 0.12.17, 1.0.10 and 1.1.15; of 1.2.2 and 1.8.5;
# of 2.0.1 and 2.2.1; of 2.3.4 and 2.5.1.
HASHES = [
    pytest.param(
        LEGACY,
        "e1d410e66a9b421360f76935bb3339d99a74964ce8368537eb520aa40bb87e3c",
        "9889c1e66df964969d0c5b91cbd6ca8b356109f71155e1fc9be2c3d5f89eecb4",
        "9889c1e66df964969d0c5b91cbd6ca8b356109f71155e1fc9be2c3d5f89eecb4",
        "9889c1e66df964969d0c5b91cbd6ca8b356109f71155e1fc9be2c3d5f89eecb4",
        "9889c1e66df964969d0c5b91cbd6ca8b356109f71155e1fc9be2c3d5f89eecb4",
        id="tool.poetry",
    ),
    pytest.param(
        GROUPS,
        "85d20fe75697ef11ae3c52a8f0a032ef893f0d1d48eb0737c13ae3a3e581f126",
        "8b8a1b62f9bf77c1be716800dea0a4262feaf1067436269d71efc054a217cac4",
        "f6fcf47e61b80ca483bc343275d4c373111138ae9598496d43b17e0468ac15c7",
        "f6fcf47e61b80ca483bc343275d4c373111138ae9598496d43b17e0468ac15c7",
        "f6fcf47e61b80ca483bc343275d4c373111138ae9598496d43b17e0468ac15c7",
        id="tool.poetry.group",
    ),
    pytest.param(
        PROJECT,
        "93334dcc06b3a2548c7d3ad9a23b3c1aded892d3f8fe137965cd6fdcc791d8a5",
        "de1671e28fa7c8b277210571d57792313d2f83a835cbd4f03ea86791d729eef4",
        "460aeb89b4d346fda7dac4319504189b6355747f1e9faa96c12935981b9823f9",
        "7a34e95b1919f8311fa79ca8ec0bc0704bd71c01a0b82376c7c45a4dd097783b",
        "7a34e95b1919f8311fa79ca8ec0bc0704bd71c01a0b82376c7c45a4dd097783b",
        id="project",
    ),
    pytest.param(
        STANDARD_GROUPS,
        "78ac9903d6fcbe1b1322857731bff3cac904ef8fd5e72c6c768761f28f66b8ea",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        "773c55e4231e9216b7c4176de475a7579564549f6c05d97adbf398e7488becb7",
        "bf94efa7d11e5068410853cb13f607bcf991533175c4332dff40e557f3a7adc6",
        id="dependency-groups",
    ),
    pytest.param(
        MIXED,
        "c4ecd8e81704266644ba15a5c3c6d29ae42a8fde2102b17c6456a478ef3d4dc4",
        "5cdeb6753af58f25298775bc71a49b1fb99682da1a559ba407b7a27bd6e85dda",
        "5cdeb6753af58f25298775bc71a49b1fb99682da1a559ba407b7a27bd6e85dda",
        "5cdeb6753af58f25298775bc71a49b1fb99682da1a559ba407b7a27bd6e85dda",
        "c974b98d68512c5f35a7fe48ddfe8bdcdde526a5dc305eb3da91bc74d39bf17f",
        id="dependency-groups beside tool.poetry",
    ),
    pytest.param(
        BARE,
        "78ac9903d6fcbe1b1322857731bff3cac904ef8fd5e72c6c768761f28f66b8ea",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        "115cf985d932e9bf5f540555bbdd75decbb62cac81e399375fc19f6277f8c1d8",
        id="nothing",
    ),
]
# Of the projects in ../shared/cases/real with a lock, those whose hash none of the Lockers above computes.
STALE = {
    "00-Python+Notes-FastAPI-React-App-",
    "02JanDal+pyluba",
    "QunaSys+quri-parts@2024-10",
    "flxdot+carlos",
    "nonebot+nonebot2@2020-09",
    "robusta-dev+robusta@2022-06",
    "useblocks+sphinx-needs@2022-06",
}


@pytest.mark.parametrize(("text", "v0_10", "v0_11", "v1_2", "v2_0", "v2_3"), HASHES)
def test_each_algorithm_computes_what_poetry_does(
    text: str, v0_10: str, v0_11: str, v1_2: str, v2_0: str, v2_3: str
) -> None:
    pyproject = tomllib.loads(text)
    algorithms = (hash_0_10, hash_0_11, hash_1_2, hash_2_0, hash_2_3)
    assert [algorithm(pyproject) for algorithm in algorithms] == [v0_10, v0_11, v1_2, v2_0, v2_3]


@pytest.mark.parametrize(
    ("generator", "algorithm"),
    [
        ("0.10.3", hash_0_10),
        ("0.11.0", hash_0_11),
        ("0.12.17", hash_0_11),
        ("1.0.10", hash_0_11),
        ("1.1.15", hash_0_11),
        ("1.2.0", hash_1_2),
        ("1.4.0", hash_1_2),
        ("1.8.5", hash_1_2),
        ("2.0.0", hash_2_0),
        ("2.0.0.dev0", hash_2_0),
        ("2.2.1", hash_2_0),
        ("2.3.0", hash_2_3),
        ("2.10.0", hash_2_3),
        ("3.0.0", hash_2_3),
    ],
)
@pytest.mark.parametrize("lock_version", [None, "1.1", "2.0", "2.1"])
def test_the_writer_decides_whatever_the_lock_version(
    generator: str, algorithm: content_hash.Algorithm, lock_version: str | None
) -> None:
    lock = Lock(Path("poetry.lock"), lock_version=lock_version, generator=generator)
    assert content_hash.algorithms(lock) == (algorithm,)


@pytest.mark.parametrize("generator", [None, "0.9.1", "of tomorrow"])
@pytest.mark.parametrize(
    ("lock_version", "algorithms"),
    [
        (None, {hash_0_10, hash_0_11}),
        ("1.0", {hash_0_11}),
        ("1.1", {hash_0_11, hash_1_2}),
        ("2.0", {hash_1_2}),
        ("2.1", {hash_2_0, hash_2_3}),
        ("9.9", {hash_2_3}),
    ],
)
def test_without_a_known_writer_the_lock_version_decides(
    generator: str | None, lock_version: str | None, algorithms: set[content_hash.Algorithm]
) -> None:
    lock = Lock(Path("poetry.lock"), lock_version=lock_version, generator=generator)
    assert set(content_hash.algorithms(lock)) == algorithms


@pytest.mark.parametrize("algorithm", [hash_0_10, hash_0_11, hash_1_2, hash_2_0, hash_2_3])
def test_a_lock_is_fresh_until_something_that_is_hashed_changes(algorithm: content_hash.Algorithm) -> None:
    generator = algorithm.__name__.removeprefix("hash_").replace("_", ".")
    pyproject = tomllib.loads(LEGACY)
    lock = Lock(Path("poetry.lock"), generator=generator, content_hash=algorithm(pyproject))
    assert content_hash.state(lock, pyproject) == "fresh"
    pyproject["tool"]["poetry"]["name"] = "coffeepot"
    assert content_hash.state(lock, pyproject) == "fresh"
    pyproject["tool"]["poetry"]["dependencies"]["kettle"]["version"] = "^1.3"
    assert content_hash.state(lock, pyproject) == "stale"


def test_a_lock_without_a_hash_is_stale() -> None:
    assert content_hash.state(Lock(Path("poetry.lock")), {}) == "stale"


@pytest.mark.parametrize(
    "pyproject",
    [
        {"tool": 3},
        {"tool": {"poetry": []}},
        {"project": "x", "dependency-groups": 1, "tool": {"poetry": {"dependencies": 3, "group": "dev"}}},
        tomllib.loads("project.dependencies = 1979-05-27T07:32:00Z\ntool.poetry.source = [07:32:00, nan, inf]"),
    ],
)
def test_wrong_types_are_hashed_all_the_same(pyproject: dict[str, object]) -> None:
    for algorithm in (hash_0_10, hash_0_11, hash_1_2, hash_2_0, hash_2_3):
        assert len(algorithm(pyproject)) == 64


def test_real_locks_are_as_fresh_as_poetry_finds_them(cases: Path) -> None:
    states = {lock.parent.name: load(lock.parent).lock_state for lock in cases.glob("real/*/poetry.lock")}
    assert {name for name, state in states.items() if state == "stale"} == STALE
    assert {name for name, state in states.items() if state == "fresh"} == states.keys() - STALE


_TOML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_TOML_VALUES)
def test_the_text_that_is_hashed_is_that_of_json(value: object) -> None:
    assert content_hash._as_json(value) == json.dumps(value, sort_keys=True, default=str)
