"""The steps of what other repositories take from this one, all of them run in a project of its own.

What is run are the examples that the guide shows, with the action, the orb and the components as they are here. What a
service does with its files before a shell sees them is done here: expressions, parameters and inputs, and the files
with which one step tells the next something.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from loopback import Index, serve
from services import BASH, LOGIN, PROJECT, PYPROJECT, TOP, Service, Workshop, open_workshop, write

REUSE = TOP / "examples" / "ci" / "reuse"
ACTION = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
ORB = yaml.safe_load((TOP / "orb.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((REUSE / "github/.github/workflows/poetry.yml").read_text("utf-8"))
CONFIG = yaml.safe_load((REUSE / "circleci/.circleci/config.yml").read_text("utf-8"))
PIPELINE = yaml.safe_load((REUSE / "gitlab/.gitlab-ci.yml").read_text("utf-8"))
UNBOUND = PYPROJECT.replace("pytest (>=8.3,<9.0)", "pytest")
"""A finding of the level warning, in line 13."""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("projects")) as opened:
        yield opened


def changed(workshop: Workshop, folder: Path, files: Mapping[str, str | None], inside: str = ".") -> Service:
    """A machine that checks out a project with other files, in a folder of the repository."""
    service = workshop.service(folder)
    copy = folder / "changed"
    shutil.copytree(service.project, copy / inside, dirs_exist_ok=True)
    for name, text in files.items():
        if text is None:
            (copy / inside / name).unlink()
        else:
            write(copy / inside, {name: text})
    service.project = copy
    return service


# -- GitHub -----------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """What came of an action."""

    log: str = ""
    failure: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    """The actions that it used, with what they were given."""


@dataclass
class Expressions:
    """The expressions of an action, as far as it has some."""

    service: Service
    inputs: Mapping[str, str]
    fork: bool
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def value(self, expression: str) -> object:
        python = expression.replace("&&", " and ").replace("||", " or ").replace("!cancelled()", "True")
        python = re.sub(r"!(?!=)", " not ", python)
        python = python.replace("github.event.pull_request.head.repo.fork", "fork")
        python = re.sub(r"inputs\.([\w-]+)", r"inputs['\1']", python)
        python = re.sub(r"steps\.(\w+)\.outputs\.(\w+)", r"outputs.get('\1', {}).get('\2', '')", python)
        names = {
            "inputs": self.inputs,
            "outputs": self.outputs,
            "fork": self.fork,
            "format": str.format,
            "hashFiles": lambda name: "0123" if (self.service.work / name).is_file() else "",
        }
        return eval(python, {"__builtins__": {}}, names)

    def text(self, value: object) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: str(self.value(found[1])), str(value))


def act(service: Service, given: Mapping[str, str], *, fork: bool = False) -> Run:
    """Run the action, as a job does."""
    assert set(given) <= set(ACTION["inputs"])
    inputs = {name: str(given.get(name, found["default"])) for name, found in ACTION["inputs"].items()}
    known = Expressions(service, inputs, fork)
    files = {name: service.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    service.variables["GITHUB_ACTION_PATH"] = str(TOP)
    service.variables.update({name: str(file) for name, file in files.items()})
    run = Run()
    for step in ACTION["runs"]["steps"]:
        condition = step.get("if", "${{ True }}")[4:-3]
        if (run.failure and "cancelled()" not in condition) or not known.value(condition):
            continue
        for file in files.values():
            file.touch()
        if "uses" in step:
            run.used[step["uses"].partition("@")[0]] = {key: known.text(value) for key, value in step["with"].items()}
            continue
        variables = {key: known.text(value) for key, value in step.get("env", {}).items()}
        assert step["shell"] == "bash"
        try:
            run.log += service.bash(step["run"], variables, folder=known.text(step.get("working-directory", ".")))
        except AssertionError as failed:
            run.failure = str(failed)
        told = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        known.outputs[step.get("id", "")] = told
        files["GITHUB_OUTPUT"].unlink()
        for line in files["GITHUB_PATH"].read_text().splitlines():
            service.variables["PATH"] = f"{line}:{service.variables['PATH']}"
        files["GITHUB_PATH"].unlink()
    run.summary = files["GITHUB_STEP_SUMMARY"].read_text()
    run.outputs = {name: known.text(found["value"]) for name, found in ACTION["outputs"].items()}
    return run


def inputs_of(job: str) -> dict[str, str]:
    """What the example gives to the action."""
    (step,) = (step for step in WORKFLOW["jobs"][job]["steps"] if "/sphinx-poetry-ext@" in step.get("uses", ""))
    return dict(step["with"])


def test_the_action_lints(workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path)
    service.checkout()
    run = act(service, inputs_of("lint"))
    assert run.failure == ""
    assert "nothing found" in run.summary
    assert run.outputs == {"sarif": "sphinx-poetry.sarif", "html": ""}
    assert run.used["github/codeql-action/upload-sarif"]["sarif_file"] == "sphinx-poetry.sarif"
    assert json.loads((service.work / "sphinx-poetry.sarif").read_text())["version"] == "2.1.0"
    assert len(service.ran) == 3


def test_findings_are_annotations_and_are_uploaded_when_the_job_fails(workshop: Workshop, tmp_path: Path) -> None:
    service = changed(workshop, tmp_path, {"pyproject.toml": UNBOUND})
    service.checkout()
    run = act(service, {**inputs_of("lint"), "select": "PTY105"})
    assert "ended with 1" in run.failure
    assert "::warning file=pyproject.toml,line=12," in run.failure
    assert "PTY105" in run.summary
    assert "github/codeql-action/upload-sarif" in run.used
    (results,) = json.loads((service.work / run.outputs["sarif"]).read_text())["runs"]
    assert [found["ruleId"] for found in results["results"]] == ["PTY105"]


def test_a_fork_uploads_nothing(workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path)
    service.checkout()
    assert act(service, inputs_of("lint"), fork=True).used == {}


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        ({"paths": "libs/a shop\nlibs/b", "select": "PTY105", "fail-on": "warning"}, "ended with 1"),
        ({"paths": "libs/a shop\nlibs/b", "select": "PTY105"}, ""),
        ({"paths": "libs/b", "select": "PTY105", "fail-on": "warning"}, ""),
        ({"paths": "libs/a shop", "select": "PTY1", "ignore": "PTY105", "fail-on": "warning"}, ""),
        ({"paths": "libs/a shop", "select": "PTY105", "baseline": "known.json", "fail-on": "warning"}, "known.json"),
        ({"paths": "libs/c"}, "libs/c"),
        ({"paths": "--fail-on=never\nlibs/b"}, "--fail-on=never: there is no such file"),
        ({"select": "PTY999"}, "PTY999"),
    ],
)
def test_the_options_of_lint_get_to_it(
    given: Mapping[str, str], failure: str, workshop: Workshop, tmp_path: Path
) -> None:
    service = changed(workshop, tmp_path, {"pyproject.toml": UNBOUND}, "libs/a shop")
    shutil.copytree(workshop.project("in-order", PROJECT), service.project / "libs" / "b")
    service.checkout()
    run = act(service, given)
    assert failure in run.failure
    assert bool(run.failure) == bool(failure)


def test_the_action_builds_the_documentation(workshop: Workshop, tmp_path: Path) -> None:
    service = workshop.service(tmp_path)
    service.checkout()
    run = act(service, inputs_of("docs"))
    assert run.failure == ""
    assert run.outputs == {"sarif": "", "html": "./_build/html"}
    assert (service.work / run.outputs["html"] / "index.html").is_file()
    assert run.used["actions/cache"]["key"] == "poetry-0123"
    assert (service.home / run.used["actions/cache"]["path"].splitlines()[0].removeprefix("~/")).is_dir()


SOURCE = """
[tool.poetry.dependencies]
acme-reports = {{ source = "acme" }}

[[tool.poetry.source]]
name = "acme"
url = "{}"
priority = "explicit"
"""


@pytest.mark.parametrize("password", [LOGIN[1], "not-the-real-one"])
def test_a_private_index_needs_only_its_variables(password: str, workshop: Workshop, tmp_path: Path) -> None:
    text = PYPROJECT.replace("<2.0.0)", '<2.0.0)", "acme-reports (>=2.0.0,<3.0.0)')
    files = {
        **PROJECT,
        "pyproject.toml": text + SOURCE.format(workshop.private.url),
        "shop/__init__.py": "import acme_reports\nimport aardvark\n",
    }
    service = workshop.service(tmp_path, "private", files)
    service.variables |= {"POETRY_HTTP_BASIC_ACME_USERNAME": LOGIN[0], "POETRY_HTTP_BASIC_ACME_PASSWORD": password}
    service.checkout()
    run = act(service, inputs_of("docs"))
    assert bool(run.failure) == (password != LOGIN[1])
    assert ("Source (acme): Authorization error" in run.failure) == bool(run.failure)
    assert password not in run.log + run.failure


def test_that_of_a_project_in_a_folder_too(workshop: Workshop, tmp_path: Path) -> None:
    service = changed(workshop, tmp_path, {}, "libs/shop")
    service.checkout()
    run = act(service, {"command": "docs", "project": "libs/shop", "output": "out"})
    assert run.failure == ""
    assert run.outputs["html"] == "libs/shop/out"
    assert (service.work / "libs/shop/out/index.html").is_file()


@pytest.mark.parametrize(
    ("given", "files", "failure"),
    [
        ({"command": "test"}, {}, "The input command is `test`: write lint, or docs."),
        ({"command": "docs", "source": "doc"}, {}, "There is no conf.py in "),
        ({"command": "docs"}, {"poetry.lock": None}, "There is no poetry.lock in "),
        ({"command": "docs"}, {"docs/index.rst": "Shop\n====\n\n:doc:`gone`\n"}, "unknown document"),
        ({"command": "docs"}, {"pyproject.toml": PYPROJECT.replace("<2.0.0)", "<3.0.0)")}, "changed significantly"),
        ({"command": "lint", "version": "9.9.9"}, {}, "sphinx-poetry-ext==9.9.9"),
    ],
)
def test_what_is_wrong_fails_and_is_said(
    given: Mapping[str, str], files: Mapping[str, str | None], failure: str, workshop: Workshop, tmp_path: Path
) -> None:
    service = changed(workshop, tmp_path, files)
    service.checkout()
    run = act(service, given)
    assert failure in run.failure
    assert run.used.keys() <= {"actions/cache"}


def test_the_example_gives_what_the_action_takes() -> None:
    jobs = WORKFLOW["jobs"]
    assert all(set(inputs_of(job)) <= set(ACTION["inputs"]) for job in jobs)
    assert set(re.findall(r"steps\.site\.outputs\.(\w+)", str(jobs["docs"]))) <= set(ACTION["outputs"])


# -- CircleCI ---------------------------------------------------------------------------------------------------------

RESERVED = {"name", "context", "filters", "requires"}


def circle_jobs() -> dict[str, tuple[str, dict[str, str]]]:
    """The jobs of the example: the name in the orb, and what it is given."""
    found = {}
    for workflow in CONFIG["workflows"].values():
        for job in workflow["jobs"]:
            ((name, given),) = job.items() if isinstance(job, dict) else [(job, {})]
            name = name.removeprefix("poetry/")
            found[given.get("name", name)] = (name, {key: value for key, value in given.items() if key not in RESERVED})
    return found


def with_parameters(part: Any, declared: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    """A part of the orb with its parameters; one that is not declared, or not given, is a failure."""
    assert set(given) <= set(declared), given
    values = {name: given[name] if name in given else found["default"] for name, found in declared.items()}
    return replaced(part, re.compile(r"<< parameters\.([\w-]+) >>"), values)


def replaced(part: Any, pattern: re.Pattern[str], values: Mapping[str, str]) -> Any:
    """*part* with every place that *pattern* finds replaced, in keys as well."""
    if isinstance(part, dict):
        return {replaced(key, pattern, values): replaced(value, pattern, values) for key, value in part.items()}
    if isinstance(part, list):
        return [replaced(value, pattern, values) for value in part]
    return pattern.sub(lambda found: str(values[found[1]]), part) if isinstance(part, str) else part


def circle_steps(steps: list[Any]) -> Iterator[Any]:
    """Steps, with those of the orb's own commands in their place."""
    for step in steps:
        ((name, given),) = step.items() if isinstance(step, dict) else [(step, {})]
        if command := ORB["commands"].get(name):
            yield from circle_steps(with_parameters(command["steps"], command["parameters"], given))
        else:
            yield name, given


def circle(service: Service, name: str, given: Mapping[str, str]) -> str:
    """Run a job of the orb; what it logs."""
    job = with_parameters(ORB["jobs"][name], ORB["jobs"][name]["parameters"], given)
    executor = dict(job["executor"])
    found = ORB["executors"][executor.pop("name")]
    assert with_parameters(found["docker"], found["parameters"], executor) == [{"image": "cimg/python:3.13"}]
    environment = service.folder / "environment"
    environment.touch()
    service.variables.update(CIRCLECI="true", BASH_ENV=str(environment))
    log = ""
    for kind, step in circle_steps(job["steps"]):
        if kind == "checkout":
            service.checkout()
        elif kind == "run":
            folder = step.get("working_directory", ".")
            log += service.bash(step["command"], step["environment"], folder=folder)
        elif kind == "save_cache":
            assert all(Path(path.replace("~", str(service.home))).is_dir() for path in step["paths"])
        elif kind == "restore_cache":
            (file,) = set(re.findall(r'checksum "(.*?)"', str(step["keys"])))
            assert (service.work / file).is_file()
        else:
            assert kind in {"store_test_results", "store_artifacts"}
            assert any((service.work / step["path"]).iterdir())
    return log


@pytest.mark.parametrize("job", ["lint", "tests", "docs"])
def test_the_orb_runs_the_jobs_of_the_example(job: str, workshop: Workshop, tmp_path: Path) -> None:
    log = circle(workshop.service(tmp_path), *circle_jobs()[job])
    assert {"lint": "nothing found", "tests": "1 passed", "docs": "build succeeded"}[job] in log


def test_the_example_has_all_jobs_of_the_orb() -> None:
    assert {name for name, _ in circle_jobs().values()} == set(ORB["jobs"])


@pytest.mark.parametrize(
    ("job", "given", "files", "failure"),
    [
        ("lint", {"fail-on": "warning", "select": "PTY105"}, {"pyproject.toml": UNBOUND}, "PTY105"),
        ("run", {"command": "pytest"}, {"shop/__init__.py": 'STOCK = "2."\n'}, "1 failed"),
        ("run", {"command": "true; false; true"}, {}, "ended with 1"),
        ("run", {"command": "true"}, {"pyproject.toml": UNBOUND}, "changed significantly"),
        ("docs", {"source": "doc"}, {}, "There is no conf.py in "),
    ],
)
def test_a_job_of_the_orb_fails(
    job: str,
    given: Mapping[str, str],
    files: Mapping[str, str],
    failure: str,
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    with pytest.raises(AssertionError, match=failure):
        circle(changed(workshop, tmp_path, files), job, given)


def test_the_orb_runs_lines_of_shell_in_a_folder(workshop: Workshop, tmp_path: Path) -> None:
    service = changed(workshop, tmp_path, {}, "libs/shop")
    command = "pytest --quiet\necho \"$PWD\" | grep -c 'libs/shop$' > seen\n"
    circle(service, "run", {"command": command, "project": "libs/shop"})
    assert (service.work / "libs/shop/seen").read_text() == "1\n"


# -- GitLab -----------------------------------------------------------------------------------------------------------


def gitlab_jobs() -> dict[str, tuple[str, dict[str, str]]]:
    """The jobs of the example: the component, and what it is given."""
    found = {}
    for include in PIPELINE["include"]:
        name = re.fullmatch(r"\$CI_SERVER_FQDN/acme/sphinx-poetry-ext/(\w+)@v[\d.]+", include["component"])
        assert name
        given = include.get("inputs", {})
        found[given.get("job", name[1])] = (name[1], given)
    return found


def gitlab(
    service: Service, name: str, given: Mapping[str, str], shell: tuple[str, ...] = BASH, **variables: str
) -> str:
    """Run the job of a component: one shell for all of its lines; what it logs."""
    head, body = yaml.safe_load_all((TOP / "templates" / f"{name}.yml").read_text("utf-8"))
    declared = head["spec"]["inputs"]
    assert set(given) <= set(declared)
    values = {key: given[key] if key in given else found["default"] for key, found in declared.items()}
    assert all(values[key] in found.get("options", [values[key]]) for key, found in declared.items())
    ((job, parts),) = replaced(body, re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]"), values).items()
    assert job == values["job"]
    service.checkout()
    variables = {"CI_PROJECT_DIR": str(service.work), "GITLAB_CI": "true", **variables}
    for key, value in {**PIPELINE["variables"], **parts["variables"]}.items():
        if isinstance(value, dict):
            assert value["expand"] is False
            variables[key] = value["value"]
        else:
            variables[key] = re.sub(r"\$(\w+)", lambda found: variables.get(found[1], ""), value)
    log = service.bash("\n".join(parts["script"]), variables, shell=shell)
    for file in parts.get("artifacts", {}).get("reports", {}).values():
        assert isinstance(json.loads((service.work / file).read_text()), list)
    assert all((service.work / path).is_dir() for path in parts.get("artifacts", {}).get("paths", ()))
    assert all((service.work / path).is_dir() for path in parts.get("cache", {}).get("paths", ()))
    if "cache" in parts:
        # As git has them: what begins with ./ is no path of a commit, and a key of no file never changes.
        locks = {file.relative_to(service.work).as_posix() for file in service.work.rglob("poetry.lock")}
        assert locks & set(parts["cache"]["key"]["files"])
    return log


@pytest.mark.parametrize("shell", [BASH, ("/bin/sh", "-e")], ids=["bash", "sh"])
@pytest.mark.parametrize("job", ["lint", "tests", "docs"])
def test_the_components_run_the_jobs_of_the_example(
    job: str, shell: tuple[str, ...], workshop: Workshop, tmp_path: Path
) -> None:
    log = gitlab(workshop.service(tmp_path), *gitlab_jobs()[job], shell=shell)
    assert {"lint": "nothing found", "tests": "1 passed", "docs": "build succeeded"}[job] in log


def test_the_example_has_all_components() -> None:
    assert {name for name, _ in gitlab_jobs().values()} == {file.stem for file in (TOP / "templates").iterdir()}


def test_a_command_keeps_its_own_variables(workshop: Workshop, tmp_path: Path) -> None:
    service = changed(workshop, tmp_path, {}, "libs/shop")
    gitlab(service, "run", {"command": 'here=mine; echo "$here $PWD" > seen', "project": "libs/shop"})
    assert (service.work / "libs/shop/seen").read_text() == f"mine {service.work}/libs/shop\n"


@pytest.mark.parametrize(
    ("job", "given", "files", "failure"),
    [
        ("lint", {"fail-on": "warning", "select": "PTY105"}, {"pyproject.toml": UNBOUND}, "PTY105"),
        ("run", {"command": "pytest"}, {"shop/__init__.py": 'STOCK = "2."\n'}, "1 failed"),
        ("docs", {}, {"docs/index.rst": "Shop\n====\n\n:doc:`gone`\n"}, "unknown document"),
    ],
)
def test_a_job_of_a_component_fails(
    job: str,
    given: Mapping[str, str],
    files: Mapping[str, str],
    failure: str,
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    with pytest.raises(AssertionError, match=failure):
        gitlab(changed(workshop, tmp_path, files), job, given)


# -- Publishing -------------------------------------------------------------------------------------------------------

TOKEN = "not-a-real-token"


@pytest.fixture
def packages() -> Iterator[Index]:
    """An index that takes packages from jobs."""
    with serve([], login=("gitlab-ci-token", TOKEN)) as index:
        yield index


def circle_deploy(service: Service, index: Index, tag: str, token: str = TOKEN) -> str:
    name, given = circle_jobs()["deploy"]
    service.variables["CIRCLE_TAG"] = tag
    # The context.
    service.variables["POETRY_HTTP_BASIC_DEPLOY_USERNAME"] = "gitlab-ci-token"
    service.variables["POETRY_HTTP_BASIC_DEPLOY_PASSWORD"] = token
    return circle(service, name, {**given, "url": index.uploads})


def gitlab_deploy(service: Service, index: Index, tag: str, token: str = TOKEN) -> str:
    name, given = gitlab_jobs()["deploy"]
    api = {"CI_API_V4_URL": f"http://{index.host}/api/v4", "CI_PROJECT_ID": "7"}
    return gitlab(service, name, given, **api, CI_COMMIT_TAG=tag, CI_JOB_TOKEN=token)


@pytest.mark.parametrize("deploy", [circle_deploy, gitlab_deploy])
def test_a_tag_is_published(deploy: Any, workshop: Workshop, packages: Index, tmp_path: Path) -> None:
    log = deploy(workshop.service(tmp_path), packages, "v0.1.0")
    assert "Publishing shop (0.1.0) to deploy" in log
    assert len(packages.requests) == 2
    assert TOKEN not in log


@pytest.mark.parametrize("deploy", [circle_deploy, gitlab_deploy])
def test_a_tag_of_another_version_is_not(deploy: Any, workshop: Workshop, packages: Index, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"The tag says v0\.2\.0, and pyproject\.toml 0\.1\.0: publish from a tag"):
        deploy(workshop.service(tmp_path), packages, "v0.2.0")
    assert packages.requests == []


@pytest.mark.parametrize("deploy", [circle_deploy, gitlab_deploy])
def test_a_wrong_password_fails(deploy: Any, workshop: Workshop, packages: Index, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="401"):
        deploy(workshop.service(tmp_path), packages, "v0.1.0", "another")


def test_without_an_address_it_is_the_default_index(workshop: Workshop, tmp_path: Path) -> None:
    """Poetry is stood in for, since the real one would publish."""
    service = workshop.service(tmp_path)
    for file in (service.folder / "tools").glob("poetry"):
        file.unlink()
    asked = service.folder / "asked"
    poetry = service.folder / "tools" / "poetry"
    poetry.write_text(f'#!/bin/sh\necho "$*" >> "{asked}"\n[ "$1" != version ] || echo 0.1.0\n')
    poetry.chmod(0o755)
    service.checkout()
    service.bash((TOP / "tools" / "reusable" / "deploy.sh").read_text())
    assert asked.read_text().splitlines()[-1] == "publish --no-interaction"
