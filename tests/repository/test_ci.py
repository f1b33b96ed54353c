"""The files that CI, Read the Docs and Renovate read: judged without those services, and run as far as that goes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
import yaml
from repositories import git

TOP = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.y*ml"))
OWN_ACTIONS = sorted((TOP / ".github" / "actions").glob("*/action.y*ml"))
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of what is true: ``on`` is a key of every workflow."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))


def read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(file.read_text(), Loader)
    return data


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each job of each workflow with a name that says where it is."""
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            yield f"{file.name}:{name}", job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each step of each workflow and of each action of our own."""
    for place, job in jobs():
        yield from ((place, step) for step in job["steps"])
    for file in OWN_ACTIONS:
        yield from ((f"{file.parent.name}/{file.name}", step) for step in read(file)["runs"]["steps"])


JOBS = dict(jobs())
SCRIPTS = [(place, step["run"]) for place, step in steps() if "run" in step]
USES = [(place, step["uses"]) for place, step in steps() if "uses" in step]
# Actions reads this as the repository of the workflow, at the workflow's commit.
OURS = "$/"
SETUP = f"{OURS}.github/actions/setup"


def test_there_is_something_to_judge() -> None:
    assert {file.name for file in WORKFLOWS} >= {"ci.yml", "pages.yml", "release.yml", "newest-poetry.yml"}
    assert OWN_ACTIONS
    assert SCRIPTS
    assert USES


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", WORKFLOWS),
        ("github-actions", OWN_ACTIONS),
        ("readthedocs", [TOP / ".readthedocs.yaml"]),
        ("renovate", [TOP / "renovate.json"]),
    ],
)
def test_the_service_would_read_it(schema: str, files: list[Path], content: Callable[..., str]) -> None:
    content("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


def test_no_workflow_lets_an_outsider_in(content: Callable[..., str]) -> None:
    # By name: of a folder it also reads what others put beside these, and what the examples show on purpose.
    content("zizmor", "--offline", "--no-progress", *WORKFLOWS, *OWN_ACTIONS)


def test_shellcheck_is_content_with_every_script(tmp_path: Path, content: Callable[..., str]) -> None:
    scripts = [TOP / ".ci" / "run"]
    commands = [("readthedocs", command) for _, command in readthedocs_commands()]
    for number, (place, script) in enumerate([*SCRIPTS, *commands]):
        # Actions runs `bash -e`; a value that an expression puts into a script can be any script.
        assert "${{" not in script, f"{place}: hand it over in env"
        scripts.append(tmp_path / f"{re.sub(r'[^a-z-]', '-', place)}-{number}.sh")
        scripts[-1].write_text(f"#!/bin/bash\nset -e\n{script}\n")
    content("shellcheck", *scripts)


def test_every_action_is_pinned_to_a_commit_and_says_which_release_it_is() -> None:
    for file in [*WORKFLOWS, *OWN_ACTIONS, TOP / "action.yml", *TOP.glob("examples/**/*.yml")]:
        for line in file.read_text().splitlines():
            found = re.search(r"uses: (\S+)(.*)", line)
            if not found or found[1].startswith(OURS) or "/sphinx-poetry-ext@" in found[1]:
                continue
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", found[1]), f"{file.name}: {found[1]}"
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", found[2]), f"{file.name}: {line}"


def test_every_file_pins_an_action_alike() -> None:
    """`make reusable` makes it so: workflows, the action, what `init` writes, examples, what the pages show."""
    pins: dict[str, dict[str, list[str]]] = {}
    for name in git(TOP, "ls-files", "-z").split("\0"):
        if not name or name.startswith(("tests/", "changes/", "CHANGELOG")) or not (TOP / name).is_file():
            continue
        text = (TOP / name).read_bytes().decode("utf-8", "ignore")
        for action, pin in re.findall(
            r"(?:uses: |\")([\w-]+(?:/[\w-]+)+)@([0-9a-f]{40}(?: # v[\d.]+)?|v\d[\d.]*)", text
        ):
            if not action.endswith("/sphinx-poetry-ext"):
                pins.setdefault(action, {}).setdefault(pin.strip(), []).append(name)
    assert {"actions/checkout", "actions/cache", "actions/setup-python"} <= pins.keys()
    files = {file for found in pins.values() for names in found.values() for file in names}
    assert files >= {"action.yml", ".github/workflows/ci.yml", "docs/reference/formats.md"}
    assert "sphinx_poetry_ext/add_to_docs/ci.py" in files
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


def test_the_newest_pin_goes_to_all() -> None:
    reusable = run_path(str(TOP / "tools" / "reusable.py"))
    old, new = f"acme/build@{'0' * 40} # v9.0.0", f"acme/build@{'1' * 40} # v10.0.1"
    newest = reusable["pins"]([f"- uses: {old}\n", f'X = "{new}"\n', f"- uses: {old}\n"])
    assert newest == {"acme/build": new}
    text = f'uses: {old}\nuses: acme/build@v4\n"acme/build@v4.1\\n"\nuses: acme/build/up@v4\nuses: acme/other@v1\n'
    after = f'uses: {new}\nuses: {new}\n"{new}\\n"\nuses: acme/build/up@v4\nuses: acme/other@v1\n'
    assert reusable["with_pins"](text, newest) == after


def test_an_action_of_our_own_is_there_and_gets_inputs_that_it_has() -> None:
    assert {use for _, use in USES if use.startswith((OURS, "."))} == {SETUP}
    inputs = set(read(TOP / SETUP.removeprefix(OURS) / "action.yml")["inputs"])
    for place, step in steps():
        if step.get("uses") == SETUP:
            assert set(step.get("with", {})) <= inputs, place


# Whoever adds a permission has to write it here, too, and by this to think about it.
PERMISSIONS = {
    "pages.yml:publish": {"pages": "write", "id-token": "write"},
    "release.yml:attest": {"attestations": "write", "id-token": "write"},
    "release.yml:publish": {"id-token": "write"},
    "release.yml:announce": {"contents": "write"},
    "ci.yml:passed": {},
}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_permissions_and_does_not_run_beside_itself(file: Path) -> None:
    workflow = read(file)
    assert workflow["permissions"] == {}
    assert set(workflow["concurrency"]) == {"group", "cancel-in-progress"}
    # This one runs with our secrets, on what a stranger wrote.
    assert "pull_request_target" not in workflow["on"]


@pytest.mark.parametrize("place", JOBS)
def test_a_job_may_do_what_it_needs_and_takes_as_long_as_it_may(place: str) -> None:
    job = JOBS[place]
    assert job["permissions"] == PERMISSIONS.get(place, {"contents": "read"})
    assert job["timeout-minutes"] <= 45
    assert re.fullmatch(r"ubuntu-\d\d\.04", job["runs-on"])
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
            # Nothing of ours runs where something may be written.
            assert "write" not in job["permissions"].values()
        if "write" in job["permissions"].values():
            assert "make" not in step.get("run", "")


def test_what_is_published_does_not_come_from_a_cache() -> None:
    for file in WORKFLOWS:
        if any("write" in job["permissions"].values() for job in read(file)["jobs"].values()):
            for job in read(file)["jobs"].values():
                for step in job["steps"]:
                    if step.get("uses") == SETUP:
                        assert step["with"]["cache"] == "false"


def test_every_expression_names_something_that_is_there() -> None:
    """What Actions would take for an empty string: a slip in needs.…, steps.…, matrix.… or inputs.…."""
    plan = planned()
    matrices = {"ci.yml:test": {"python"}, "ci.yml:matrix": set(plan["combinations"][0])}
    seen = 0
    for place, job in JOBS.items():
        text = yaml.safe_dump(job)
        needs = job.get("needs", [])
        others = {
            name: JOBS[f"{place.partition(':')[0]}:{name}"] for name in ([needs] if isinstance(needs, str) else needs)
        }
        known = {
            f"needs.{name}.outputs.{output}" for name, other in others.items() for output in other.get("outputs", {})
        }
        known |= {f"needs.{name}.result" for name in [*others, "*"]}
        known |= {f"matrix.{name}" for name in matrices.get(place, ())}
        known |= {
            f"steps.{step['id']}.outputs.{name}"
            for step in job["steps"]
            if "id" in step
            for name in [*plan, "page_url"]
        }
        named = set(re.findall(r"\b(?:needs|matrix|steps)\.[\w*.-]+", text))
        seen += len(named)
        assert named <= known, place
        assert "inputs." not in text
    assert seen > 5
    for file in OWN_ACTIONS:
        assert set(re.findall(r"\binputs\.([\w-]+)", file.read_text())) <= set(read(file)["inputs"])


def make_targets(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", text))


def test_every_target_that_is_called_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (TOP / "Makefile").read_text(), re.MULTILINE))
    for place, script in [*SCRIPTS, *((".readthedocs.yaml", command) for _, command in readthedocs_commands())]:
        assert make_targets(script) <= targets, place


def test_ci_runs_what_a_change_has_to_pass_before_it_is_merged() -> None:
    run = make_targets((TOP / ".ci" / "run").read_text())
    assert run >= {"setup", "check", "test", "docs-strict", "test-browser"}
    scripts = " ".join(script for place, script in SCRIPTS if place.startswith(("ci.yml", "setup/")))
    assert make_targets(scripts) == run | {"matrix", "dist"}


def test_what_the_system_lacks_is_asked_for_without_doing_the_rest(tmp_path: Path) -> None:
    """Everything is there, as far as this PATH says, and the make in it would tell that it was called."""
    for name in ("make", "git", "dot", "python3", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\ntouch was-called-$1\n" if name == "make" else "#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((TOP / ".ci" / "run").read_bytes())
    env = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    script = "bash .ci/run packages"
    assert (f"{OWN_ACTIONS[0].parent.name}/{OWN_ACTIONS[0].name}", script) in SCRIPTS
    done = subprocess.run(script.split(), cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert "Everything is there." in done.stdout
    assert list(tmp_path.glob("was-called*")) == []


def test_what_a_branch_has_to_pass_waits_for_all_jobs() -> None:
    ci = read(TOP / ".github" / "workflows" / "ci.yml")
    assert set(ci["jobs"]["passed"]["needs"]) == set(ci["jobs"]) - {"passed"}


@pytest.mark.parametrize(
    ("results", "code"),
    [("success success", 0), ("success failure success", 1), ("success cancelled", 1), ("skipped success", 1)],
)
def test_it_passes_when_all_of_them_did(results: str, code: int) -> None:
    [script] = [script for place, script in SCRIPTS if place == "ci.yml:passed"]
    env = {**os.environ, "RESULTS": results}
    assert (
        subprocess.run(["bash", "-e", "-c", script], env=env, stdout=subprocess.DEVNULL, check=False).returncode == code
    )


def test_the_site_is_previewed_on_pull_requests_and_published_from_main() -> None:
    [preview] = [step for step in JOBS["ci.yml:docs"]["steps"] if step.get("name") == "Preview"]
    assert preview["if"] == "github.event_name == 'pull_request'"
    assert preview["with"]["path"] == "_build/html/"
    pages = read(TOP / ".github" / "workflows" / "pages.yml")
    assert pages["on"]["push"] == {"branches": ["main"]}
    assert pages["jobs"]["build"]["if"] == "github.ref == 'refs/heads/main'"


# ---- The matrix


def listed(*arguments: str, env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    nox = [sys.executable, "-m", "nox", "--list", "--json", *arguments]
    done = subprocess.run(nox, cwd=TOP, capture_output=True, text=True, env=env, check=True)
    sessions: list[dict[str, Any]] = json.loads(done.stdout)
    return sessions


def planned() -> dict[str, Any]:
    [script] = [script for place, script in SCRIPTS if place == "ci.yml:plan"]
    assert script == '.venv/bin/python tools/ci_matrix.py >> "$GITHUB_OUTPUT"'
    done = subprocess.run([sys.executable, "tools/ci_matrix.py"], cwd=TOP, capture_output=True, text=True, check=True)
    return {name: json.loads(value) for name, _, value in (line.partition("=") for line in done.stdout.splitlines())}


def test_ci_runs_each_session_of_nox_by_its_name() -> None:
    plan = planned()
    assert set(plan) == set(read(TOP / ".github" / "workflows" / "ci.yml")["jobs"]["plan"]["outputs"])
    sessions = listed("--session", "every")
    assert len(sessions) > 10
    assert [
        {"session": session["session"], "python": session["python"], **session["call_spec"]} for session in sessions
    ] == [{"session": one["session"], "python": one["python"], "sphinx": one["sphinx"]} for one in plan["combinations"]]


def test_nox_finds_a_session_by_what_ci_hands_to_make() -> None:
    one = planned()["combinations"][-1]
    [step] = [step for step in JOBS["ci.yml:matrix"]["steps"] if step.get("run") == "make matrix"]
    arguments = step["env"]["ARGS"].replace("${{ matrix.session }}", one["session"])
    # As make does it: through the environment into a recipe, with what the set-up would make taken as made.
    command = ["make", "--dry-run", "--silent", "--assume-old=.venv/.done", "matrix"]
    env = {**os.environ, "ARGS": arguments}
    env.pop("MAKEFLAGS", None)  # of the make that may run the tests, with other ARGS
    recipe = subprocess.run(command, cwd=TOP, env=env, capture_output=True, text=True, check=True).stdout.splitlines()[
        -1
    ]
    assert recipe.startswith(".venv/bin/nox ")
    nox = recipe.replace(".venv/bin/nox", f"'{sys.executable}' -m nox --list --json", 1)
    done = subprocess.run(["sh", "-c", nox], cwd=TOP, capture_output=True, text=True, check=True)
    assert [session["session"] for session in json.loads(done.stdout)] == [one["session"]]


def test_the_pythons_are_those_that_the_project_says_it_supports() -> None:
    classifier = "Programming Language :: Python :: "
    supported = [name.removeprefix(classifier) for name in PROJECT["classifiers"] if name.startswith(f"{classifier}3.")]
    assert planned()["pythons"] == supported
    defaults = {read(file)["inputs"]["python"]["default"] for file in OWN_ACTIONS}
    assert {*defaults, read(TOP / ".readthedocs.yaml")["build"]["tools"]["python"]} == {supported[-1]}


# ---- A release


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A project at 1.2.0 with a record of changes."""
    (tmp_path / "sphinx_poetry_ext").mkdir()
    (tmp_path / "sphinx_poetry_ext" / "__init__.py").write_text('"""."""\n\n__version__ = "1.2.0"\n')
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "acme"\nversion = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changes\n\n## 1.2.0 (2026-03-01)\n\n### New\n\n* A rule.\n\n## 1.1.2.0 (2026-02-01)\n\n* Another.\n"
    )
    return tmp_path


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOP / "tools" / "release.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_tag_that_is_this_version_is_released_with_what_is_new(released: Path) -> None:
    assert release(released, "check", "v1.2.0").returncode == 0
    done = release(released, "notes", "v1.2.0")
    assert (done.returncode, done.stdout) == (0, "### New\n\n* A rule.\n")


@pytest.mark.parametrize("action", ["check", "notes"])
def test_another_tag_is_not_and_each_file_is_named(released: Path, action: str) -> None:
    done = release(released, action, "v1.3.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "pyproject.toml says 1.2.0, and the tag is v1.3.0: write 1.3.0 there and tag that commit",
        "sphinx_poetry_ext/__init__.py says 1.2.0, and the tag is v1.3.0: write 1.3.0 there and tag that commit",
        "CHANGELOG.md has nothing about 1.3.0: put the fragments together first",
    ]


def test_a_release_needs_a_record_of_changes(released: Path) -> None:
    (released / "CHANGELOG.md").unlink()
    assert "CHANGELOG.md has nothing about 1.2.0" in release(released, "check", "v1.2.0").stderr


def test_a_release_is_prepared_by_a_command(released: Path) -> None:
    """Both places get the version, and nothing else in them changes: not even what has the same number."""
    (released / "pyproject.toml").write_text(
        '[project]\nname = "acme"\nversion = "1.2.0"  # here\n\n[tool.x]\nversion = "1.2.0"\n'
    )
    assert release(released, "prepare", "1.10.0").returncode == 0
    assert (released / "sphinx_poetry_ext" / "__init__.py").read_text() == '"""."""\n\n__version__ = "1.10.0"\n'
    assert (released / "pyproject.toml").read_text() == (
        '[project]\nname = "acme"\nversion = "1.10.0"  # here\n\n[tool.x]\nversion = "1.2.0"\n'
    )


@pytest.mark.parametrize(
    ("version", "words"),
    [("", "no version"), ("v1.3.0", "no version"), ("1.3", "no version"), ("1.2.0", "already"), ("1.1.9", "is older")],
)
def test_a_version_that_cannot_be_next_is_refused(version: str, words: str, released: Path) -> None:
    before = {file: file.read_text() for file in released.rglob("*.*") if file.is_file()}
    done = release(released, "prepare", version)
    assert done.returncode == 1
    assert words in done.stderr
    assert {file: file.read_text() for file in released.rglob("*.*") if file.is_file()} == before


def test_both_places_name_the_same_version() -> None:
    assert release(TOP, "check", f"v{PROJECT['version']}").stderr.count(" says ") == 0


def test_nothing_is_published_that_was_not_checked_attested_and_approved() -> None:
    jobs = read(TOP / ".github" / "workflows" / "release.yml")["jobs"]
    assert [(name, job.get("needs")) for name, job in jobs.items()] == [
        ("build", None),
        ("attest", "build"),
        ("publish", "attest"),
        ("announce", "publish"),
    ]
    assert jobs["publish"]["environment"] == "pypi"
    [upload] = [step for step in jobs["publish"]["steps"] if step["uses"].startswith("pypa/gh-action-pypi-publish@")]
    # Trusted publishing: no user, no password, no token, and the action's own index.
    assert upload["with"] == {"attestations": True, "print-hash": True}
    assert "secrets." not in (TOP / ".github" / "workflows" / "release.yml").read_text()


def test_what_the_release_shows_is_what_was_built(tmp_path: Path) -> None:
    """The last job's command, with a gh that says what it was given, and the artefacts where the action puts them."""
    jobs = read(TOP / ".github" / "workflows" / "release.yml")["jobs"]
    names = {
        step["with"]["name"]: step["with"]["path"]
        for step in jobs["build"]["steps"]
        if "upload-artifact" in step.get("uses", "")
    }
    assert names == {"dist": "dist/", "notes": "notes.md"}
    for name in ("dist/acme-1.2.0.tar.gz", "dist/acme-1.2.0-py3-none-any.whl", "notes/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "gh").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "gh").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TAG": "v1.2.0"}
    script = jobs["announce"]["steps"][-1]["run"]
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    arguments = done.stdout.split()
    assert arguments[:3] == ["release", "create", "v1.2.0"]
    assert all((tmp_path / argument).exists() for argument in arguments if "/" in argument)
    assert sum("dist/" in argument for argument in arguments) == 2


# ---- The newest Poetry


def test_the_newest_poetry_is_the_one_that_the_guide_is_run_with(tmp_path: Path) -> None:
    """The step's commands in a folder where Poetry's environment is a stand-in that says what it was given."""
    programs = tmp_path / ".tools" / "poetry" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text('#!/bin/sh\necho "$@" >> asked\n')
    (programs / "poetry").write_text("#!/bin/sh\necho 'Poetry (version 9.9.9)'\n")
    for file in programs.iterdir():
        file.chmod(0o755)
    scripts = [script for place, script in SCRIPTS if place == "newest-poetry.yml:guide"]
    assert scripts[1:] == ["make test ARGS=docs"]
    env = {**os.environ, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    subprocess.run(["bash", "-e", "-c", scripts[0]], cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, check=True)
    assert "install --disable-pip-version-check --upgrade poetry" in (tmp_path / "asked").read_text()
    assert (tmp_path / "summary").read_text() == "Poetry (version 9.9.9)\n"
    makefile = (TOP / "Makefile").read_text()
    assert 'POETRY="$(CURDIR)/.tools/poetry/bin/poetry" $(BIN)/python -m pytest' in makefile


# ---- Links


def test_the_links_that_lead_out_are_asked_once_a_week() -> None:
    [file] = [file for file in WORKFLOWS if file.name == "links.yml"]
    when = yaml.safe_load(file.read_text())
    # YAML 1.1 reads the key `on` as true.
    assert when[True]["schedule"] == [{"cron": "41 4 * * 1"}]
    assert [script for place, script in SCRIPTS if place == "links.yml:external"] == ["make links"]
    done = subprocess.run(["make", "-n", "links"], cwd=TOP, capture_output=True, text=True, check=True)
    assert "sphinx-build -q -b linkcheck -c ." in done.stdout


# ---- Read the Docs

# In the order in which the service runs them.
JOBS_OF_A_BUILD = (
    "post_checkout",
    "pre_create_environment",
    "create_environment",
    "post_create_environment",
    "pre_install",
    "install",
    "post_install",
    "pre_build",
    "build",
    "post_build",
)


def readthedocs_commands() -> list[tuple[str, str]]:
    """Each command with its job, in the order of the service."""
    given = read(TOP / ".readthedocs.yaml")["build"]["jobs"]
    assert set(given) <= set(JOBS_OF_A_BUILD)
    assert list(given["build"]) == ["html"]
    in_order = {job: given[job] if job != "build" else given[job]["html"] for job in JOBS_OF_A_BUILD if job in given}
    return [(job, command) for job, commands in in_order.items() for command in commands]


# What only an index has: Poetry's own environment is this, and its `sync` makes an environment with a sphinx-build.
STAND_IN = """\
#!/bin/sh
echo "$@" >> asked-of-poetry
case "$*" in
*" sync "*)
  mkdir -p .venv/bin
  printf '#!/bin/sh\\nPYTHONPATH="$PWD" exec "{python}" -m sphinx "$@"\\n' > .venv/bin/sphinx-build
  chmod +x .venv/bin/sphinx-build
esac
"""


def test_read_the_docs_builds_the_site_with_these_commands(clone: Path, tmp_path: Path) -> None:
    """The commands in a shallow clone, one shell each. Pages are few: all of them are built by `make docs-strict`."""
    git(tmp_path, "clone", "--quiet", str(clone), "origin")
    origin = tmp_path / "origin"
    git(
        origin,
        "rm",
        "--quiet",
        "-r",
        "--",
        *{f"docs/{file.name}" for file in (origin / "docs").iterdir() if file.name[0] != "_" and file.name != "images"},
    )
    page = "# Site\n\n```{poetry:project}\n```\n\n```{poetry:dependencies}\n```\n\n```{poetry:rules}\n```\n"
    (origin / "docs" / "index.md").write_text(page)
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "Few pages")
    folder = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", origin.as_uri(), "checkout")
    (folder / ".tools" / "poetry" / "bin").mkdir(parents=True)
    env = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "READTHEDOCS": "True",
        "READTHEDOCS_OUTPUT": str(folder / "_readthedocs"),
        "READTHEDOCS_CANONICAL_URL": f"{PROJECT['urls']['Documentation']}en/latest/",
        "READTHEDOCS_VERSION": "latest",
        "READTHEDOCS_LANGUAGE": "en",
    }
    subprocess.run([sys.executable, "tools/check_python.py", ".tools/python"], cwd=folder, check=True)
    poetry = folder / ".tools" / "poetry" / "bin" / "python"
    poetry.write_text(STAND_IN.format(python=sys.executable))
    poetry.chmod(0o755)
    (folder / ".tools" / "poetry" / ".done").touch()
    for job, command in readthedocs_commands():
        done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{job}: {command}\n{done.stdout}{done.stderr}"
    asked = (folder / "asked-of-poetry").read_text().splitlines()
    # Once: the commands after the first find the environment made.
    assert [line.split()[1] for line in asked] == ["env", "sync"]
    assert git(folder, "tag") == "v0.0.1"
    built = (folder / "_readthedocs" / "html" / "index.html").read_text()
    assert "PTY101" in built
    assert "poetry-core" in built


def test_renovate_takes_what_this_repository_gives_to_others() -> None:
    extended = json.loads((TOP / "renovate.json").read_text())["extends"]
    [preset] = [name for name in extended if name.startswith("local>")]
    repository, _, name = preset.removeprefix("local>").partition(":")
    assert repository.endswith(f"/{PROJECT['name']}")
    assert (TOP / f"{name}.json").is_file()
