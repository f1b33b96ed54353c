"""What a migration says as data fits the schema that goes with the package."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from fake_poetry import fake_poetry
from jsonschema import Draft202012Validator, ValidationError

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.cli.migrate import _object
from sphinx_poetry_ext.migrate.migration import ALL_DONE, NOT_ASKED, NOTHING_SAID, Migration
from sphinx_poetry_ext.migrate.model import Dropped, Target, Wanted, Written
from sphinx_poetry_ext.migrate.plan import Planned
from sphinx_poetry_ext.migrate.planning import make_plan
from sphinx_poetry_ext.migrate.proof import Difference, Proof

from .test_cases import NAMES, copy

SCHEMA = json.loads((resources.files("sphinx_poetry_ext.migrate") / "schemas" / "migration-1.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PINS = "six==1.15.0\nidna==3.4; python_version < '3.9'\n"


def written(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    main(["migrate", "--format", "json", *options])
    return json.loads(capsys.readouterr().out)


def with_proof(tmp_path: Path, proof: Proof) -> Any:
    return _object(Migration(make_plan(tmp_path, []), {}, {}, proof))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", NAMES)
def test_the_shared_cases_fit(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(case, tmp_path / case)
    monkeypatch.chdir(tmp_path / case)
    VALIDATOR.validate(written(capsys, "--dry-run"))


def test_a_migration_with_its_lock_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = fake_poetry(tmp_path)
    for name in ("one", "two"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "requirements.txt").write_text(PINS)
    (tmp_path / "all" / "three").mkdir()
    (tmp_path / "all" / "three" / "requirements.txt").write_text("six\n")
    monkeypatch.chdir(tmp_path / "all")
    data = written(capsys, "--poetry", str(script))
    VALIDATOR.validate(data)
    assert {project["proof"]["status"] for project in data["projects"]} >= {"not-run"}
    VALIDATOR.validate(written(capsys, "--poetry", str(script), "one"))


PLACE = Written(Path("requirements.txt"), 3)


@pytest.mark.parametrize(
    "proof",
    [
        NOT_ASKED,
        NOTHING_SAID,
        ALL_DONE,
        Proof("equal", compared=2, environments=("Python 3.12 on Linux",)),
        Proof("different", differences=(Difference("a", "1", "2", "yanked", PLACE, ""),), compared=1),
        Proof("different", differences=(Difference("a", "1", None, "gone", PLACE, "Python 3.12 on Linux"),)),
        Proof("different", "some are loose", (Difference("a", None, "2", "no source pins it", None, ""),)),
    ],
)
def test_every_proof_fits(proof: Proof, tmp_path: Path) -> None:
    VALIDATOR.validate(with_proof(tmp_path, proof))


@pytest.mark.parametrize(
    "proof",
    [
        Proof("equal"),
        Proof("equal", compared=1, differences=(Difference("a", "1", "2", "yanked", PLACE, ""),)),
        Proof("different", compared=1),
        Proof("not-run"),
        Proof("not-run", "why", (Difference("a", "1", "2", "yanked", PLACE, ""),)),
        Proof("different", differences=(Difference("a", "1", "2", "", PLACE, ""),)),
        Proof("different", differences=(Difference("a", "1", "2", "x", Written(Path("a"), 0), ""),)),
    ],
)
def test_a_proof_that_contradicts_itself_does_not(proof: Proof, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(with_proof(tmp_path, proof))


def test_every_target_fits_and_every_key_is_described(tmp_path: Path) -> None:
    targets = [Target(kind, "x", "main", "sub", editable=True) for kind in ("git", "url", "path", "file")]
    planned = tuple(Planned(Wanted("a", PLACE, target=target, extras=("b",)), (PLACE,)) for target in targets)
    dropped = (Dropped("zip_safe = False", "nobody installs eggs any more", PLACE),)
    plan = replace(make_plan(tmp_path, []), dependencies=planned, dropped=dropped)
    difference = Difference("a", "1", "2", "yanked", PLACE, "")
    data = _object(Migration(plan, {}, {tmp_path / "pyproject.toml": b""}, Proof("different", "", (difference,))))
    VALIDATOR.validate(data)

    def keys(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(keys, value))
        return set(value) | set().union(*map(keys, value.values())) if isinstance(value, dict) else set()

    parts = [part for part in SCHEMA["$defs"].values() if "properties" in part]
    described = {key for part in parts for key in part["properties"]}
    assert keys(data) | {"projects"} == described
    for part in parts:  # whoever reads it may go by each key being there
        assert set(part["required"]) == set(part["properties"])
