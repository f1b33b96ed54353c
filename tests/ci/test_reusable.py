"""What other repositories take from this one: from one source, as their services document it, and safe as shell."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from services import PINNED, TOP

from sphinx_poetry_ext import __version__
from sphinx_poetry_ext.add_to_docs.dependency import version_range

TEMPLATES = sorted((TOP / "templates").glob("*.yml"))
SCRIPTS = sorted((TOP / "tools" / "reusable").glob("*.sh"))
REUSE = TOP / "examples" / "ci" / "reuse"
PAGE = TOP / "docs" / "guide" / "reuse.md"
CALL = 'sh "$GITHUB_ACTION_PATH/tools/reusable/{}"'
GITLAB = ("vendor.gitlab-ci", "--data-transform", "gitlab-ci")


def load(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text("utf-8")))


def component(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs of a component, and its text below them."""
    head, body = yaml.safe_load_all(file.read_text("utf-8"))
    return head["spec"]["inputs"], body


@pytest.fixture(scope="module")
def reusable() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reusable", TOP / "tools" / "reusable.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- One source -------------------------------------------------------------------------------------------------------


def test_everything_is_as_the_generator_writes_it(reusable: ModuleType) -> None:
    files = reusable.files()
    assert {TOP / "action.yml", TOP / "orb.yml", PAGE, *TEMPLATES} <= set(files)
    assert [file for file in files if reusable.up_to_date(file.read_text("utf-8")) != file.read_text("utf-8")] == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("orb.yml", "poetry check --lock\n", "poetry lock\n"),
        ("orb.yml", f'"{__version__}" # = package', '"0.0.9" # = package'),
        ("templates/run.yml", "poetry run sh -euc", "sh -euc"),
        ("templates/docs.yml", '"python:3.13-slim" # = python', '"python:3.9-slim" # = python'),
        ("templates/deploy.yml", f'"{PINNED and PINNED[1]}" # = poetry', '"1.8.0" # = poetry'),
        ("examples/ci/reuse/github/.github/workflows/poetry.yml", f"-ext@v{__version__}", "-ext@v0.0.9"),
        ("examples/ci/reuse/circleci/.circleci/config.yml", f"/v{__version__}/orb.yml", "/v0.0.9/orb.yml"),
        ("examples/ci/reuse/gitlab/.gitlab-ci.yml", f"/docs@v{__version__}", "/docs@v0.0.9"),
        ("examples/ci/reuse/renovate.json", f"#v{__version__}", "#v0.0.9"),
        ("examples/ci/.pre-commit-config.yaml", f"rev: v{__version__}", "rev: v0.0.9"),
        ("docs/start/tutorial.md", f"\nsphinx-poetry {__version__}\n", "\nsphinx-poetry 0.0.9\n"),
        ("docs/reference/command-line.md", f"rev: v{__version__}", "rev: v0.0.9"),
        ("docs/guide/add-to-docs.md", f"-ext ({version_range()})", "-ext (>=0.0.9,<0.1.0)"),
        ("examples/ci/gitlab/.gitlab-ci.yml", f'POETRY_VERSION: "{PINNED and PINNED[1]}"', 'POETRY_VERSION: "1.8.0"'),
    ],
)
def test_a_copy_that_has_drifted_is_brought_back(reusable: ModuleType, name: str, old: str, new: str) -> None:
    text = (TOP / name).read_text("utf-8")
    assert old in text
    assert reusable.up_to_date(text.replace(old, new)) == text


def test_no_other_page_names_this_release(reusable: ModuleType) -> None:
    """One that did would still name it after the next release."""
    others = [file for file in (TOP / "docs").rglob("*.md") if file not in reusable.files()]
    ours = [f"{before}{reusable.RELEASE}" for before in reusable.BEFORE["package"]] + [reusable.RANGE]
    assert others
    assert [
        (file.name, found[0])
        for file in [*others, TOP / "README.md", TOP / "CONTRIBUTING.md"]
        for pattern in ours
        if (found := re.search(pattern, file.read_text("utf-8"), re.MULTILINE))
    ] == []


def test_versions_are_those_of_this_package_and_of_the_poetry_that_the_tests_use() -> None:
    assert PINNED
    action = load(TOP / "action.yml")["inputs"]
    jobs = load(TOP / "orb.yml")["jobs"]
    components = {file.stem: component(file)[0] for file in TEMPLATES}
    packages = [inputs["version"] for inputs in (action, jobs["lint"]["parameters"], components["lint"])]
    assert [found["default"] for found in packages] == [__version__] * 3
    others = [job["parameters"] for name, job in jobs.items() if name != "lint"]
    others += [inputs for name, inputs in components.items() if name != "lint"]
    poetries = [inputs["poetry-version"]["default"] for inputs in (action, *others)]
    assert poetries == [PINNED[1]] * 7


def steps_of(part: object) -> Iterator[str]:
    """All shell in an action, an orb or a component, wherever it stands."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "script":
                yield from value
            elif key == "run" and isinstance(value, str):
                yield value
            elif key == "run" and isinstance(value, dict) and "command" in value:
                yield value["command"]
            else:
                yield from steps_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from steps_of(value)


def every_step() -> list[tuple[str, str]]:
    return [
        *(("action.yml", step) for step in steps_of(load(TOP / "action.yml"))),
        *(("orb.yml", step) for step in steps_of(load(TOP / "orb.yml"))),
        *((file.name, step) for file in TEMPLATES for step in steps_of(component(file)[1])),
    ]


def test_every_step_is_a_script_or_too_little_for_one() -> None:
    used = set()
    for place, step in every_step():
        own = [script for script in SCRIPTS if f"# tools/reusable/{script.name}\n{script.read_text('utf-8')}" == step]
        called = [script for script in SCRIPTS if step == CALL.format(script.name)]
        assert len([*own, *called]) == 1 or step.startswith(("case $ASKED_FOR", 'cd "$PROJECT"')), (place, step)
        used |= {(place, script.stem) for script in (*own, *called)}
    assert {name for place, name in used if place == "action.yml"} == {"install", "lint", "sync", "docs"}
    every = {"install", "lint", "sync", "run", "docs", "deploy"}
    assert {name for place, name in used if place == "orb.yml"} == every
    assert {name for place, name in used if place not in {"action.yml", "orb.yml"}} == every
    assert {script.stem for script in SCRIPTS} == every


def test_services_take_the_same_options_with_the_same_defaults() -> None:
    action = load(TOP / "action.yml")["inputs"]
    jobs = load(TOP / "orb.yml")["jobs"]
    assert sorted(jobs) == [file.stem for file in TEMPLATES]
    for file in TEMPLATES:
        inputs, _ = component(file)
        own = {name: found.get("default") for name, found in jobs[file.stem]["parameters"].items()}
        # The Python of an orb is an image in GitLab, and there a job has its name and its stage from the component.
        del own["python"]
        theirs = {name: found.get("default") for name, found in inputs.items() if name not in {"job", "stage", "image"}}
        assert theirs == own
        if file.stem in {"lint", "docs"}:
            assert {name: action[name]["default"] for name in own} == own
    only = {"command", "upload-sarif"}
    assert set(action) - only == {*jobs["lint"]["parameters"], *jobs["docs"]["parameters"]} - {"python"}


def commands(text: str) -> set[str]:
    """What the scripts call: a tool with what it is to do."""
    text = re.sub(r"^ *#.*", "", text, flags=re.MULTILINE)
    return {
        " ".join(found)
        for found in re.findall(r"(?<![\w/.-])(sphinx-poetry|poetry) (?!run )([a-z]+(?: --lock)?)", text)
    } | set(re.findall(r"sphinx-build -W --keep-going", text))


def test_the_guide_and_the_hooks_name_the_same_commands() -> None:
    called = set().union(*(commands(script.read_text("utf-8")) for script in SCRIPTS))
    assert {"sphinx-poetry lint", "poetry check --lock", "poetry sync", "sphinx-build -W --keep-going"} <= called
    page = PAGE.read_text("utf-8")
    assert {command for command in called if f"`{command}" not in page} == set()
    hooks = {hook["id"]: hook["entry"] for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert hooks == {"poetry-lint": "sphinx-poetry lint", "poetry-fix": "sphinx-poetry fix"}
    assert hooks["poetry-lint"] in called
    assert all(f"`{entry}`" in page for entry in hooks.values())
    # The jobs that are copied, on the page before, do the same.
    copied = (TOP / "examples" / "ci" / "github" / ".github" / "workflows" / "check.yml").read_text("utf-8")
    assert {"poetry check --lock", "poetry sync", "sphinx-build -W --keep-going"} <= commands(copied)
    assert "poetry run sphinx-poetry lint" in copied


def test_the_preset_has_the_rules_that_the_guide_explains() -> None:
    preset = json.loads((TOP / "renovate-preset.json").read_text("utf-8"))
    shown = json.loads((TOP / "examples" / "ci" / "renovate.json").read_text("utf-8"))
    rules = [rule for rule in shown["packageRules"] if rule["matchManagers"] == ["poetry"]]
    assert len(rules) == 2
    assert preset["packageRules"][:2] == rules
    assert preset["packageRules"][0]["rangeStrategy"] == "widen"
    assert preset["packageRules"][2]["matchUpdateTypes"] == ["lockFileMaintenance"]
    assert preset["lockFileMaintenance"] == shown["lockFileMaintenance"]


# -- As the services document it --------------------------------------------------------------------------------------


def problems(file: Path, schema: str, *more: str) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *more, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Failed to parse" not in done.stdout
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize(
    ("file", "schema", "old", "new"),
    [
        (TOP / "action.yml", ("vendor.github-actions",), "using: composite", "using: composition"),
        (TOP / "orb.yml", ("vendor.circle-ci",), "steps:", "step:"),
        (TOP / "renovate-preset.json", ("vendor.renovate",), '"widen"', '"widest"'),
        (REUSE / "renovate.json", ("vendor.renovate",), '"extends": [', '"extends": [1, '),
        (REUSE / "github/.github/workflows/poetry.yml", ("vendor.github-workflows",), "steps:", "step:"),
        (REUSE / "circleci/.circleci/config.yml", ("vendor.circle-ci",), "version: 2.1", "version: two"),
        (REUSE / "gitlab/.gitlab-ci.yml", GITLAB, "component: ", "components: "),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_files_are_what_their_service_documents(
    file: Path, schema: tuple[str, ...], old: str, new: str, tmp_path: Path
) -> None:
    assert problems(file, *schema) == ""
    text = file.read_text("utf-8")
    assert old in text
    (tmp_path / file.name).write_text(text.replace(old, new), "utf-8")
    assert problems(tmp_path / file.name, *schema)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_both_halves_of_a_component_are(file: Path, tmp_path: Path) -> None:
    head, body = file.read_text("utf-8").split("\n---\n")
    for name, text in {"head.yml": head, "body.yml": body}.items():
        (tmp_path / name).write_text(text + "\n", "utf-8")
        assert problems(tmp_path / name, *GITLAB) == ""
    (tmp_path / "broken.yml").write_text(body.replace("stage:", "stages:"), "utf-8")
    assert problems(tmp_path / "broken.yml", *GITLAB)
    # Every input is used, and every one that is used is there.
    assert {*re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", body)} == {*yaml.safe_load(head)["spec"]["inputs"]}


def test_every_parameter_of_the_orb_is_used_and_there() -> None:
    orb = load(TOP / "orb.yml")
    for kind in ("commands", "jobs", "executors"):
        for name, part in orb[kind].items():
            used = set(re.findall(r"<< parameters\.([\w-]+) >>", yaml.safe_dump(part, width=10**6)))
            assert used == set(part["parameters"]), name
            assert all(found["description"] for found in part["parameters"].values())
            assert part["description"]


def test_every_input_of_the_action_is_used_and_there() -> None:
    text = (TOP / "action.yml").read_text("utf-8")
    assert {*re.findall(r"inputs\.([\w-]+)", text)} == {*load(TOP / "action.yml")["inputs"]}


def test_nothing_from_outside_is_put_into_a_script() -> None:
    """Values come as variables: in a script, a title of a pull request would be code."""
    for place, step in every_step():
        assert not re.search(r"\$\{\{|<< ?parameters|\$\[\[", step), place


def test_actions_are_pinned_to_commits_and_say_which_release_that_is() -> None:
    for file in (TOP / "action.yml", REUSE / "github/.github/workflows/poetry.yml"):
        lines = [line.strip().removeprefix("- ") for line in file.read_text("utf-8").splitlines() if "uses:" in line]
        others = [line for line in lines if "acme/" not in line]
        assert others
        assert all(re.fullmatch(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in others)


# -- Safe as shell ----------------------------------------------------------------------------------------------------


def shellcheck(script: str, shell: str) -> str:
    command = [Path(sys.executable).with_name("shellcheck"), "--shell", shell, "-"]
    return subprocess.run(command, input=script, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_pass_shellcheck(script: Path, shell: str) -> None:
    assert shellcheck(script.read_text("utf-8"), shell) == ""


def test_so_does_what_stands_in_the_files_themselves() -> None:
    for place, step in every_step():
        # Where services run them, bash stops at a line that fails.
        assert shellcheck(f"set -e\n{step}", "bash") == "", place


def test_shellcheck_finds_what_is_not_safe() -> None:
    assert "SC2086" in shellcheck("sphinx-poetry lint $LINT_PATHS\n", "sh")
