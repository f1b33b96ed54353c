"""The Dockerfiles that the guide shows: linted by us and by hadolint, and run as far as that needs no Docker.

An image is built in a folder: COPY copies what .dockerignore lets through, RUN is run by bash, and a stage begins with
nothing. All stages have the same place while they are built, so a final stage that lacks something does not start.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import console
import pytest
from guide_index import PRIVATE, PUBLIC
from loopback import Index, serve

from sphinx_poetry_ext.cli import main
from sphinx_poetry_ext.lint.images.context import Context
from sphinx_poetry_ext.project.folder import Folder

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "docker"
HADOLINT = Path(sys.executable).with_name("hadolint")
DOCKERFILES = sorted(EXAMPLES.glob("*/*Dockerfile"))
SECRETS = {"acme-username": console.LOGIN[0], "acme-password": console.LOGIN[1]}
FILES = re.compile(r"(?<![\w.$}/-])/(?=(?:app|opt|root|tmp|work)\b)")
"""Where an absolute path of the image begins."""
NOT_RUN = {
    "/opt/poetry/bin/pip install poetry==": "it needs the public index; the Poetry of the tests takes its place",
    "useradd ": "it needs a root file system",
}


def _name(file: Path) -> str:
    return file.relative_to(EXAMPLES).as_posix()


@dataclass
class Instruction:
    name: str
    flags: list[str]
    text: str


def instructions(dockerfile: Path) -> Iterator[Instruction]:
    """Those of *dockerfile*, which has neither heredocs nor another escape character."""
    lines = (line for line in dockerfile.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            words = rest.split(" ")
            flags = [word for word in words if word.startswith("--")][: _leading(words)]
            yield Instruction(name, flags, " ".join(words[len(flags) :]).strip())


def _leading(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if not word.startswith("--")), len(words))


@dataclass
class Image:
    """What a Dockerfile makes, in a folder."""

    context: Path
    dockerfile: Path
    scratch: Path
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    stages: dict[str, Path] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    workdir: str = "/"
    user: str = "root"
    skipped: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """Where the stage that is being built has its file system."""
        return self.scratch / "root"

    def here(self, text: str) -> str:
        """*text* with the paths of the image as paths below :attr:`root`."""
        return FILES.sub(f"{self.root}/", text)

    def build(self) -> Image:
        environments: dict[str, dict[str, str]] = {}
        stage = ""
        for item in instructions(self.dockerfile):
            if item.name == "FROM":
                if stage:
                    self._end(stage)
                base, _, stage = item.text.partition(" AS ")
                self.environment = dict(environments.get(base, {}))
                environments[stage] = self.environment
                self.root.mkdir()
                (self.root / "tmp").mkdir()
                assert base not in self.stages or not any(self.stages[base].rglob("*/*")), "a base with files"
            elif item.name == "ENV":
                for key, _, value in (word.partition("=") for word in shlex.split(item.text)):
                    self.environment[key] = Template(value).substitute({**self.variables, **self.environment})
            elif item.name == "WORKDIR":
                self.workdir = item.text
                self._path(self.workdir).mkdir(parents=True, exist_ok=True)
            elif item.name == "COPY":
                self._copy(item)
            elif item.name == "RUN":
                self._run(item)
            elif item.name == "USER":
                self.user = item.text
            elif item.name == "CMD":
                self.command = json.loads(item.text)
            else:
                assert item.name == "ARG", f"{item.name} is not known here"
        return self

    def _end(self, stage: str) -> None:
        self.stages[stage] = self.scratch / f"stage-{stage}"
        self.root.rename(self.stages[stage])

    def _path(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def _copy(self, item: Instruction) -> None:
        *sources, target = item.text.split()
        origin = next((flag.removeprefix("--from=") for flag in item.flags), None)
        folder = self._path(target) if target.startswith("/") else self._path(self.workdir) / target
        for source in sources:
            if origin:
                found = self.stages[origin] / source.lstrip("/")
                shutil.copytree(found, folder, symlinks=True)
                continue
            context = Context(Folder(self.context), self.dockerfile.name)
            files = [self.context / source]
            if files[0].is_dir():
                files = [file for file in files[0].rglob("*") if file.is_file()]
            names = [file.relative_to(self.context).as_posix() for file in files]
            passed = [name for name in names if not context.ignores(name)]
            assert passed, f".dockerignore keeps {source} out"
            for name in passed:
                inside = Path(name).relative_to(source) if (self.context / source).is_dir() else Path(name).name
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.context / name, folder / inside)

    def _run(self, item: Instruction) -> None:
        for text, reason in NOT_RUN.items():
            if text in item.text:
                self.skipped.append(reason)
                if "/opt/poetry" in item.text:
                    self._path("/opt/poetry/bin").mkdir(parents=True)
                    self._path("/opt/poetry/bin/poetry").symlink_to(console.poetry() or "missing")
                return
        given = {}
        for flag in item.flags:
            mount = dict(part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(","))
            if mount["type"] == "secret":
                assert mount["required"] == "true"
                given[mount["env"]] = self.secrets[mount["id"]]
            else:
                assert mount["type"] == "cache"
        done = self.shell(item.text, given)
        assert done.returncode == 0, done.stdout
        self.ran.append(done.stdout)

    def shell(self, command: str, given: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run *command* as RUN does, with *given* variables."""
        environment = {**self.variables, **self.environment, **given}
        return subprocess.run(
            ["/bin/bash", "-c", self.here(command)],
            cwd=self._path(self.workdir),
            env={key: self.here(value) for key, value in environment.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=200,
            check=False,
        )

    def start(self) -> subprocess.CompletedProcess[str]:
        """What a container of the image does."""
        return self.shell(shlex.join(self.command))


@dataclass
class Bench:
    """Where images are made: both indexes, and the variables of the machine."""

    public: Index
    private: Index
    scratch: Path

    @property
    def variables(self) -> dict[str, str]:
        python = Path(getattr(sys, "_base_executable", sys.executable))
        return {
            "PATH": os.pathsep.join([str(python.parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "POETRY_KEYRING_ENABLED": "false",
            **self.public.environment(),
        }

    def context(self, name: str) -> Path:
        """A copy of an example whose private index is the one on loopback, locked again."""
        folder = self.scratch / name
        shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        pyproject, lock = folder / "pyproject.toml", folder / "poetry.lock"
        written = lock.read_text("utf-8")
        text = pyproject.read_text("utf-8")
        pyproject.write_text(text.replace(console.PRIVATE_INDEX, self.private.url), "utf-8")
        lock.write_text(written.replace(console.PRIVATE_INDEX.rstrip("/"), self.private.url.rstrip("/")), "utf-8")
        login = {
            "POETRY_HTTP_BASIC_ACME_USERNAME": console.LOGIN[0],
            "POETRY_HTTP_BASIC_ACME_PASSWORD": console.LOGIN[1],
        }
        subprocess.run(
            [console.needed_poetry(), "lock", "--regenerate"],
            cwd=folder,
            env={**self.variables, "HOME": str(self.scratch), **login},
            capture_output=True,
            check=True,
            timeout=200,
        )
        locked = lock.read_text("utf-8").replace(self.private.url.rstrip("/"), console.PRIVATE_INDEX.rstrip("/"))
        assert _without_hash(locked) == _without_hash(written), "the lock of the example is not what Poetry writes"
        return folder

    def image(self, name: str, dockerfile: str = "Dockerfile") -> Image:
        """Build that of an example."""
        context = self.context(name)
        return self.build(context, context / dockerfile, name)

    def build(self, context: Path, dockerfile: Path, name: str, secrets: Mapping[str, str] = SECRETS) -> Image:
        """Build an image in a folder of its own."""
        scratch = self.scratch / f"image-{name}"
        scratch.mkdir()
        return Image(context, dockerfile, scratch, self.variables, secrets).build()


def _without_hash(lock: str) -> str:
    # It changes with the address of the index; PTY502 judges the one of the example.
    return re.sub(r'content-hash = "\w+"', "", lock)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    console.needed_poetry()
    with ExitStack() as exits:
        public, private = exits.enter_context(serve(PUBLIC)), exits.enter_context(serve(PRIVATE, login=console.LOGIN))
        yield Bench(public, private, tmp_path_factory.mktemp("docker").resolve())


@pytest.fixture(scope="module")
def application(bench: Bench) -> Image:
    return bench.image("application")


@pytest.fixture(scope="module")
def service(bench: Bench) -> Image:
    return bench.image("service")


def hadolint(file: Path) -> subprocess.CompletedProcess[str]:
    # Only what the file says itself counts, not what is configured where the tests run.
    return subprocess.run(
        [HADOLINT, "--no-color", "--failure-threshold", "style", file.name],
        cwd=file.parent,
        env={"HOME": str(file.parent), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("project", sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml")))
def test_our_linter_has_nothing_to_say(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--select", "PTY", "--fail-on", "info", str(EXAMPLES / project)]) == 0, capsys.readouterr()
    assert "noqa" not in (EXAMPLES / project / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("file", DOCKERFILES, ids=_name)
def test_hadolint_has_nothing_to_say(file: Path) -> None:
    done = hadolint(file)
    assert done.returncode == 0, done.stdout
    # An ignore needs its reason in the line above.
    lines = file.read_text("utf-8").splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        assert "hadolint ignore" not in line or above.startswith("# "), line


@pytest.mark.parametrize("file", DOCKERFILES, ids=_name)
def test_the_poetry_is_the_one_that_the_guide_is_run_with(file: Path) -> None:
    pinned = re.findall(r"poetry==[\d.]+", (ROOT / "tools" / "poetry-requirements.txt").read_text("utf-8"))
    assert re.findall(r"poetry==[\d.]+", file.read_text("utf-8")) == pinned


BROKEN = [
    ("/opt/poetry/bin/pip install poetry==2.5.1", "/opt/poetry/bin/pip install poetry", "PTY902", None),
    ("poetry sync --only main --no-root", "poetry sync --no-root", "PTY906", None),
    ("poetry sync --only main --no-root", "poetry install --no-dev --no-root", "PTY903", None),
    ("COPY pyproject.toml poetry.lock ./", "COPY pyproject.toml ./", "PTY905", None),
    ("COPY pyproject.toml poetry.lock ./", "COPY . .", "PTY907", None),
    ("python:3.13-slim-trixie", "python:3.9-slim-trixie", "PTY911", None),
    ("python:3.13-slim-trixie", "python", None, "DL3006"),
    ("FROM base AS build", "FROM base AS build\nARG POETRY_HTTP_BASIC_ACME_PASSWORD", "PTY912", None),
    ("WORKDIR /app", "WORKDIR app", None, "DL3000"),
    ("USER 10001", "USER root", None, "DL3002"),
    (
        "python -m venv /opt/poetry \\\n && /opt/poetry/bin/pip install poetry==2.5.1",
        "pip install poetry==2.5.1 && poetry config virtualenvs.create false && poetry sync --only main --no-root",
        "PTY901",
        None,
    ),
]


@pytest.mark.parametrize(("good", "bad", "ours", "theirs"), BROKEN, ids=[f"{row[2]}-{row[3]}" for row in BROKEN])
@pytest.mark.parametrize("project", ["application", "service"])
def test_a_broken_copy_is_found(
    tmp_path: Path,
    project: str,
    good: str,
    bad: str,
    ours: str | None,
    theirs: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = tmp_path / project
    shutil.copytree(EXAMPLES / project, copy)
    dockerfile = copy / "Dockerfile"
    text = dockerfile.read_text("utf-8")
    assert good in text
    dockerfile.write_text(text.replace(good, bad), "utf-8")
    if ours:
        assert main(["lint", "--fail-on", "info", str(copy)]) == 1
        assert ours in capsys.readouterr().out
    if theirs:
        done = hadolint(dockerfile)
        assert done.returncode == 1
        assert theirs in done.stdout


def test_the_image_of_the_application_starts(application: Image) -> None:
    done = application.start()
    assert (done.returncode, done.stdout) == (0, "shop with aardvark 1.3.0 and badger 1.1.0\n")
    assert application.user == "10001"
    # What the page says is not in it.
    assert sorted(path.name for path in application.root.iterdir()) == ["app", "tmp"]
    assert sorted(path.name for path in (application.root / "app").iterdir()) == [".venv", "shop"]
    packages = {path.name for path in application.root.glob("app/.venv/lib/python*/site-packages/*")}
    assert not packages & {"hedgehog.py", "pip", "poetry"}
    assert list(application.root.glob("app/.venv/lib/python*/site-packages/__pycache__/aardvark.*.pyc"))


def test_the_image_of_the_service_starts(bench: Bench, service: Image) -> None:
    done = service.start()
    assert (done.returncode, done.stdout) == (0, "acme-orders with aardvark 1.3.0 and acme-auth 1.5.0\n")
    assert any("acme_auth" in path for path in bench.private.requests)


def test_the_secret_of_the_service_is_in_no_stage(service: Image) -> None:
    secret = SECRETS["acme-password"].encode()
    files = [path for path in service.scratch.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 10
    assert [path for path in files if secret in path.read_bytes()] == []
    assert secret.decode() not in "".join(service.ran)


def test_the_service_is_not_built_with_a_wrong_secret(bench: Bench, service: Image) -> None:
    secrets = {**SECRETS, "acme-password": "wrong"}
    with pytest.raises(AssertionError, match="acme"):
        bench.build(service.context, service.dockerfile, "wrong", secrets)


def test_the_last_step_of_the_service_needs_no_index(service: Image) -> None:
    assert len(service.ran) == 2
    assert "Installing the current project: acme-orders (3.1.0)" in service.ran[-1]
    assert "Package operations" not in service.ran[-1]


def test_the_tests_of_the_library_run_in_their_image(bench: Bench) -> None:
    image = bench.image("library", "test.Dockerfile")
    done = image.start()
    assert done.returncode == 0, done.stdout
    assert "Ran 3 tests" in done.stdout
    assert image.user == "10001"


FAKE = """\
import os, subprocess, sys
_, verb, *words = sys.argv
if verb == "save":
    sys.stdout.buffer.write(open(os.environ["FAKE_SAVED"], "rb").read())
    sys.exit()
words = [word for word in words if word not in ("--rm", "--interactive", "--entrypoint")]
program, image, *arguments = words
if program == "id":
    print(os.environ["FAKE_USER"])
else:
    root = os.environ["FAKE_ROOT"]
    arguments = [word.replace("/app/", f"{root}/app/").replace("/opt/", f"{root}/opt/") for word in arguments]
    program = f"{root}/app/.venv/bin/python" if program == "python" else program
    sys.exit(subprocess.run([program, *arguments]).returncode)
"""
"""A ``docker`` that runs what the checks run in the folder that an image was made in."""


@dataclass
class Checks:
    """``check-image.sh`` over the image of the service, as it is or with something wrong."""

    image: Image
    folder: Path

    def __call__(
        self, *, user: str = "10001", files: Mapping[str, bytes] = {}, lock: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        layer = _archive({"app/.venv/pyvenv.cfg": b"home = /usr/local/bin\n", **files})
        saved = self.folder / "saved.tar"
        saved.write_bytes(_archive({"blobs/sha256/0a1b": layer, "blobs/sha256/2c3d": b'{"history": []}'}))
        tool = self.folder / "docker"
        tool.write_text(f"#!{sys.executable}\n{FAKE}", "utf-8")
        tool.chmod(0o755)
        project = self.folder / "project"
        shutil.copytree(EXAMPLES / "service", project)
        if lock is not None:
            (project / "poetry.lock").write_text(lock, "utf-8")
        variables = self.image.variables
        return subprocess.run(
            [EXAMPLES / "checks" / "check-image.sh", "acme-orders", "ACME_PASSWORD"],
            cwd=project,
            env={
                "PATH": f"{self.folder}{os.pathsep}{variables['PATH']}",
                "FAKE_SAVED": str(saved),
                "FAKE_USER": user,
                "FAKE_ROOT": str(self.image.root),
                "ACME_PASSWORD": SECRETS["acme-password"],
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def checks(service: Image, tmp_path: Path) -> Checks:
    return Checks(service, tmp_path)


def test_the_checks_pass_for_the_service(checks: Checks) -> None:
    done = checks()
    assert done.returncode == 0, done.stdout
    assert done.stdout == "3 installed, 0 not as locked\n0 found\nacme-orders: all checks passed\n"


def test_the_checks_find_root(checks: Checks) -> None:
    done = checks(user="0")
    assert (done.returncode, done.stdout) == (1, "acme-orders: runs as root\n")


def test_the_checks_find_poetry(checks: Checks) -> None:
    left = checks.image.root / "opt" / "poetry" / "bin" / "poetry"
    left.parent.mkdir(parents=True)
    left.touch()
    try:
        done = checks()
    finally:
        shutil.rmtree(checks.image.root / "opt")
    assert (done.returncode, done.stdout) == (1, "acme-orders: holds Poetry, in /opt/poetry/bin\n")


def test_the_checks_find_another_version(checks: Checks) -> None:
    lock = (EXAMPLES / "service" / "poetry.lock").read_text("utf-8")
    done = checks(lock=lock.replace('version = "1.3.0"', 'version = "1.2.0"'))
    assert done.returncode == 1
    assert "aardvark is 1.3.0, and 1.2.0 in poetry.lock\n3 installed, 1 not as locked\n" in done.stdout


def test_the_checks_find_what_is_for_development(checks: Checks) -> None:
    lock = (EXAMPLES / "service" / "poetry.lock").read_text("utf-8")
    done = checks(lock=lock.replace('groups = ["main"]', 'groups = ["test"]'))
    assert done.returncode == 1
    assert "acme-auth 1.5.0 is for development\n" in done.stdout


@pytest.mark.parametrize(
    "content",
    [b"password = 'not-a-real-secret'", b64encode(b"joe:not-a-real-secret"), b64encode(b"jo:not-a-real-secret")],
    ids=["plain", "base64", "base64-shifted"],
)
def test_the_checks_find_a_secret(checks: Checks, content: bytes) -> None:
    done = checks(files={"root/.config/pypoetry/auth.toml": content})
    assert done.returncode == 1
    assert "blobs/sha256/0a1b: root/.config/pypoetry/auth.toml holds ACME_PASSWORD\n1 found\n" in done.stdout
    assert "not-a-real-secret" not in done.stdout
    assert done.stdout.endswith("acme-orders: holds a secret\n")


def test_a_layer_that_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "checks" / "find_secret.py", "ACME_PASSWORD"],
        input=_archive({"blobs/sha256/0a1b": b"\x28\xb5\x2f\xfd and so on"}),
        env={"ACME_PASSWORD": "not-a-real-secret"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"not searched" in done.stderr
