"""The CI files that the guide shows: valid by their services' schemas, without a finding, and run.

Every line of a job is run by bash, as the service would, in a project of its own with the made-up index. Only what the
service alone has is stood in for: its actions, its secrets, and the packages Poetry, pytest and Sphinx, which the index
has as commands that call the real ones.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from loopback import Index
from services import LOGIN, PINNED, PROJECT, PYPROJECT, TOP, Service, Workshop, open_workshop, write

EXAMPLES = TOP / "examples" / "ci"
GITHUB = "github/.github/workflows"
WORKFLOWS = {name: f"{GITHUB}/{name}.yml" for name in ("check", "release", "private-index")}
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS.values(), ("vendor.github-workflows",)),
    "gitlab/.gitlab-ci.yml": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    "circleci/.circleci/config.yml": ("vendor.circle-ci",),
    "renovate.json": ("vendor.renovate",),
    "dependabot.yml": ("vendor.dependabot",),
}

SOURCE = """
[tool.poetry.dependencies]
acme-auth = {{ source = "acme" }}

[[tool.poetry.source]]
name = "acme"
url = "{url}"
priority = "explicit"
"""


def load(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((EXAMPLES / name).read_text("utf-8")))


# -- The services, as far as their files ask for them -----------------------------------------------------------------


def without_expressions(text: str, values: Mapping[str, str]) -> str:
    """*text* with GitHub's ``${{ … }}`` replaced; an expression that nobody thought of is a failure."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: values[found[1]], text)


def github(service: Service, workflow: Mapping[str, Any], job: str, values: Mapping[str, str]) -> None:
    """Run a job of a workflow."""

    def variables(*places: Mapping[str, Any]) -> dict[str, str]:
        return {
            key: without_expressions(str(value), values)
            for place in places
            for key, value in place.get("env", {}).items()
        }

    steps = workflow["jobs"][job]["steps"]
    for step in steps:
        action = step.get("uses", "").partition("@")[0]
        if "run" in step:
            service.bash(step["run"], variables(workflow, workflow["jobs"][job], step))
        elif action == "actions/checkout":
            service.checkout()
        elif action == "actions/setup-python":
            assert without_expressions(step["with"]["python-version"], values) in {"3.11", "3.13"}
        elif action == "actions/upload-artifact":
            assert any((service.work / step["with"]["path"]).iterdir())
        else:
            assert action in {"actions/cache", "actions/download-artifact", "pypa/gh-action-pypi-publish"}
    for step in steps:
        if step.get("uses", "").startswith("actions/cache@"):
            assert (service.work / step["with"]["path"]).is_dir()


def gitlab(service: Service, pipeline: Mapping[str, Any], job: str) -> None:
    """Run a job of a pipeline: one shell for all of its lines."""
    parts = dict(pipeline[job])
    parts = {**pipeline[parts.pop("extends")], **parts}
    service.variables["CI_PROJECT_DIR"] = str(service.work)
    for name, value in pipeline["variables"].items():
        service.variables[name] = value.replace("$CI_PROJECT_DIR", str(service.work))
    service.checkout()
    service.bash("\n".join([*parts["before_script"], *parts["script"]]))
    for file in parts.get("artifacts", {}).get("reports", {}).values():
        assert (service.work / file).is_file()


def circleci(service: Service, config: Mapping[str, Any], job: str) -> None:
    """Run a job of a configuration: each step is a shell of its own, which reads ``$BASH_ENV``."""
    executor = config["executors"][config["jobs"][job]["executor"]]
    environment = service.folder / "environment"
    environment.touch()
    service.variables.update(executor["environment"], BASH_ENV=str(environment))
    steps = [
        inner
        for step in config["jobs"][job]["steps"]
        for inner in (
            config["commands"][step]["steps"] if isinstance(step, str) and step in config["commands"] else [step]
        )
    ]
    for step in steps:
        if step == "checkout":
            service.checkout()
        elif "run" in step:
            service.bash(step["run"] if isinstance(step["run"], str) else step["run"]["command"])
        elif "save_cache" in step:
            for path in step["save_cache"]["paths"]:
                assert Path(path.replace("~", str(service.home))).is_dir()
        else:
            assert list(step) == ["restore_cache"]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("projects")) as opened:
        yield opened


# -- Valid, and without a finding -------------------------------------------------------------------------------------


def schema_problems(name: str, file: Path) -> str:
    schema, *more = SCHEMAS[name]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *more, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("name", SCHEMAS)
def test_files_are_what_their_service_documents(name: str) -> None:
    assert schema_problems(name, EXAMPLES / name) == ""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (WORKFLOWS["check"], "runs-on:", "run-on:"),
        ("gitlab/.gitlab-ci.yml", "when: always", "when: whenever"),
        ("circleci/.circleci/config.yml", "version: 2.1", "version: two"),
        ("renovate.json", '"widen"', '"widened"'),
        ("dependabot.yml", "lockfile-only", "widest"),
    ],
)
def test_a_broken_copy_is_not(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = (EXAMPLES / name).read_text("utf-8")
    assert old in text
    broken = tmp_path / Path(name).name
    broken.write_text(text.replace(old, new), "utf-8")
    assert schema_problems(name, broken)


def pre_commit(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pre_commit", *words], capture_output=True, text=True, check=False)


def test_hooks_are_ones_that_there_are(tmp_path: Path) -> None:
    file = EXAMPLES / ".pre-commit-config.yaml"
    assert pre_commit("validate-config", str(file)).returncode == 0
    poetrys, ours = load(".pre-commit-config.yaml")["repos"]
    assert PINNED
    assert poetrys["rev"] == PINNED[1]
    assert {hook["id"] for hook in poetrys["hooks"]} <= {"poetry-check", "poetry-lock", "poetry-install"}
    there = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in ours["hooks"]] == ["poetry-fix", "poetry-lint"]
    assert {hook["id"] for hook in ours["hooks"]} <= {hook["id"] for hook in there}
    broken = tmp_path / "broken.yaml"
    broken.write_text(file.read_text("utf-8").replace("hooks:", "hook:"))
    assert pre_commit("validate-config", str(broken)).returncode == 1


def findings(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "sphinx_poetry_ext", "lint", "--format", "json", "--fail-on", "never", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (project,) = json.loads(done.stdout)["projects"]
    assert {"PTY804", "PTY901", "PTY912"} <= set(project["checked"])
    return [f"{found['path']}:{found['line']}: {found['code']}" for found in project["findings"]]


def with_everything(project: Path, folder: Path) -> Path:
    """A copy of the project that has all of the examples."""
    shutil.copytree(project, folder)
    for part in ("github", "gitlab", "circleci", "private-index"):
        shutil.copytree(EXAMPLES / part, folder, dirs_exist_ok=True)
    for name in ("renovate.json", "dependabot.yml", ".pre-commit-config.yaml"):
        shutil.copy(EXAMPLES / name, folder)
    return folder


def test_the_linter_finds_nothing_in_a_project_that_has_them(workshop: Workshop, tmp_path: Path) -> None:
    folder = with_everything(workshop.project("in-order", PROJECT), tmp_path / "shop")
    assert findings(folder) == []


def test_and_finds_what_is_wrong_in_broken_copies(workshop: Workshop, tmp_path: Path) -> None:
    folder = with_everything(workshop.project("in-order", PROJECT), tmp_path / "shop")
    for name, old, new in [
        (".github/workflows/check.yml", "poetry check --lock", "poetry lock --check"),
        (".gitlab-ci.yml", "poetry sync --without docs", "poetry install --no-dev"),
        (".circleci/config.yml", "poetry sync --without docs", "poetry install --remove-untracked"),
        ("Dockerfile", "poetry==2.5.1", "poetry"),
    ]:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    found = {line.rpartition("/")[2].replace(" ", "") for line in findings(folder)}
    assert {re.sub(r":\d+:", ":", line) for line in found} == {
        "check.yml:PTY804",
        ".gitlab-ci.yml:PTY804",
        "config.yml:PTY804",
        "Dockerfile:PTY902",
    }


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [hadolint, EXAMPLES / "private-index" / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


# -- Pinned -----------------------------------------------------------------------------------------------------------


def test_poetry_is_the_release_that_the_guide_is_run_with() -> None:
    assert PINNED
    for name in [*WORKFLOWS.values(), "gitlab/.gitlab-ci.yml", "circleci/.circleci/config.yml"]:
        assert f'POETRY_VERSION: "{PINNED[1]}"\n' in (EXAMPLES / name).read_text("utf-8")
    assert f"poetry=={PINNED[1]}\n" in (EXAMPLES / "private-index" / "Dockerfile").read_text("utf-8")


def test_actions_are_pinned_to_commits_and_say_which_release_that_is() -> None:
    lines = [
        line.strip().removeprefix("- ")
        for name in WORKFLOWS.values()
        for line in (EXAMPLES / name).read_text("utf-8").splitlines()
        if "uses:" in line
    ]
    assert len(lines) > 10
    assert all(re.fullmatch(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines)
    # One release of each.
    assert len(set(lines)) == len({line.partition("@")[0] for line in lines})


def test_workflows_may_read_and_no_more_but_for_the_identity_that_publishes() -> None:
    for name in WORKFLOWS.values():
        workflow = load(name)
        assert workflow["permissions"] == {"contents": "read"}
        assert all(job["timeout-minutes"] for job in workflow["jobs"].values())
    jobs = load(WORKFLOWS["release"])["jobs"]
    assert {name for name, job in jobs.items() if "permissions" in job} == {"publish"}
    assert not any("run" in step for step in jobs["publish"]["steps"])


# -- Run --------------------------------------------------------------------------------------------------------------

VALUES = {
    "matrix.python": "3.11",
    "join(needs.*.result, ' ')": "success success success",
    "secrets.ACME_INDEX_USERNAME": LOGIN[0],
    "secrets.ACME_INDEX_PASSWORD": LOGIN[1],
}


@pytest.mark.parametrize("job", ["lock", "tests", "docs", "passed"])
def test_each_line_of_the_github_workflow_runs(job: str, workshop: Workshop, tmp_path: Path) -> None:
    github(workshop.service(tmp_path), load(WORKFLOWS["check"]), job, VALUES)


@pytest.mark.parametrize("results", ["success failure success", "success success cancelled", "skipped success success"])
def test_the_one_check_fails_where_a_job_did_not_succeed(results: str, workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended with 1"):
        github(
            workshop.service(tmp_path),
            load(WORKFLOWS["check"]),
            "passed",
            {**VALUES, "join(needs.*.result, ' ')": results},
        )


def test_a_release_is_built_from_a_tag_that_names_its_version(workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path)
    service.variables["GITHUB_REF_NAME"] = "v0.1.0"
    github(service, load(WORKFLOWS["release"]), "build", VALUES)
    assert sorted(file.name for file in (service.work / "dist").iterdir()) == [
        "shop-0.1.0-py3-none-any.whl",
        "shop-0.1.0.tar.gz",
    ]


def test_and_from_no_other(workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path)
    service.variables["GITHUB_REF_NAME"] = "v0.2.0"
    with pytest.raises(AssertionError, match="GITHUB_REF_NAME"):
        github(service, load(WORKFLOWS["release"]), "build", VALUES)
    assert not (service.work / "dist").exists()


@pytest.mark.parametrize("job", ["lock", "tests", "docs"])
def test_each_line_of_the_gitlab_pipeline_runs(job: str, workshop: Workshop, tmp_path: Path) -> None:
    pipeline = load("gitlab/.gitlab-ci.yml")
    assert [name for name, value in pipeline.items() if "script" in value] == ["lock", "tests", "docs"]
    service = workshop.service(tmp_path)
    gitlab(service, pipeline, job)
    if job != "lock":
        assert all((service.work / path).is_dir() for path in pipeline[".poetry"]["cache"]["paths"])


@pytest.mark.parametrize("job", ["lock", "tests", "docs"])
def test_each_line_of_the_circleci_configuration_runs(job: str, workshop: Workshop, tmp_path: Path) -> None:
    config = load("circleci/.circleci/config.yml")
    assert sorted(config["jobs"]) == ["docs", "lock", "tests"]
    circleci(workshop.service(tmp_path), config, job)


def with_the_private_index(private: Index) -> dict[str, str]:
    text = PYPROJECT.replace("<2.0.0)", '<2.0.0)", "acme-auth (>=1.4.0,<2.0.0)')
    return {**PROJECT, "pyproject.toml": text + SOURCE.format(url=private.url)}


@pytest.mark.parametrize(("password", "status"), [(LOGIN[1], ""), ("another", "ended with 1")])
def test_the_private_index_needs_the_secret(password: str, status: str, workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path, "private", with_the_private_index(workshop.private))
    workflow = load(WORKFLOWS["private-index"])
    values = {**VALUES, "secrets.ACME_INDEX_PASSWORD": password}
    if status:
        with pytest.raises(AssertionError, match=status):
            github(service, workflow, "tests", values)
    else:
        github(service, workflow, "tests", values)
    # No file of the machine has it afterwards.
    assert not any(
        LOGIN[1].encode() in file.read_bytes() for file in (service.home / ".config").rglob("*") if file.is_file()
    )


@pytest.mark.parametrize(
    ("change", "job", "expected"),
    [
        ({"pyproject.toml": PYPROJECT.replace("<2.0.0)", "<3.0.0)")}, "lock", "poetry check --lock"),
        ({"shop/__init__.py": 'STOCK = "2."\n'}, "tests", "poetry run pytest"),
        ({"docs/index.rst": "Shop\n====\n\n:doc:`gone`\n"}, "docs", "sphinx-build"),
        ({"Dockerfile": "FROM python:3.13-slim\nRUN pip install poetry\n"}, "docs", "PTY902"),
    ],
)
def test_a_broken_project_fails_in_the_job_that_is_for_it(
    change: Mapping[str, str], job: str, expected: str, workshop: Workshop, tmp_path: Path
) -> None:
    service = workshop.service(tmp_path)
    service.project = Path(shutil.copytree(service.project, tmp_path / "broken"))
    write(service.project, change)
    with pytest.raises(AssertionError, match=expected):
        github(service, load(WORKFLOWS["check"]), job, VALUES)


def test_a_line_with_a_slip_of_the_pen_fails(workshop: Workshop, tmp_path: Path) -> None:
    workflow = yaml.safe_load((EXAMPLES / WORKFLOWS["check"]).read_text().replace("check --lock", "check --locked"))
    with pytest.raises(AssertionError, match="does not exist"):
        github(workshop.service(tmp_path), workflow, "lock", VALUES)
