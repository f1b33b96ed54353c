"""Revisions and files, read from real repositories of every shape."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import Repository, git

from sphinx_poetry_ext.project import git as module
from sphinx_poetry_ext.project.git import (
    GitError,
    NoRevision,
    NoTag,
    find_range,
    head,
    nearest_tag,
    read,
    resolve,
    snapshot,
)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    module.forget()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Three releases on three days: v1.0 annotated, v1.1 lightweight, and two commits behind."""
    made = Repository(tmp_path / "repository")
    made.commit({"pyproject.toml": "1"}, tag="v1.0", note="The first")
    made.commit({"pyproject.toml": "2"})
    made.commit({"pyproject.toml": "3"}, tag="v1.1")
    made.commit({"pyproject.toml": "4"})
    made.commit({"pyproject.toml": "5"})
    return made


def names(folder: Path, start: str | None = None, end: str | None = None) -> tuple[str, str | None]:
    found = find_range(folder, start, end)
    return found.start.name, found.end and found.end.name


class TestWhichTag:
    def test_the_nearest(self, repository: Repository) -> None:
        assert names(repository.root) == ("v1.1", None)

    def test_of_a_tagged_head_the_one_before(self, repository: Repository) -> None:
        repository.git("tag", "v2.0")
        repository.git("tag", "also-this", "--annotate", "--message", "x")
        assert names(repository.root) == ("v1.1", None)

    def test_of_a_detached_head(self, repository: Repository) -> None:
        repository.git("checkout", "--quiet", "v1.1")
        assert names(repository.root) == ("v1.0", None)

    def test_before_a_named_end(self, repository: Repository) -> None:
        assert names(repository.root, None, "v1.1") == ("v1.0", "v1.1")
        assert names(repository.root, None, "HEAD~1") == ("v1.1", "HEAD~1")

    def test_through_a_merge(self, repository: Repository) -> None:
        repository.git("checkout", "--quiet", "-b", "side", "v1.0")
        repository.commit({"other": ""}, tag="side-1")
        repository.git("checkout", "--quiet", "main")
        repository.git("merge", "--quiet", "--no-edit", "side")
        repository.git("tag", "v2.0")
        # Both are on the way; the side's one has fewer commits of its own behind it.
        found = find_range(repository.root, None, None).start.name
        assert found in {"side-1", "v1.1"}
        assert names(repository.root, "v*") == ("v1.1", None)
        assert names(repository.root, "side-*") == ("side-1", None)

    def test_a_tag_of_another_branch_is_none(self, repository: Repository) -> None:
        repository.git("checkout", "--quiet", "-b", "side", "HEAD~1")
        repository.commit(tag="elsewhere")
        repository.git("checkout", "--quiet", "main")
        assert names(repository.root) == ("v1.1", None)

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("v1.[0]", None, ("v1.0", None)),
            ("v?.0", None, ("v1.0", None)),
            ("*", None, ("v1.1", None)),
            (None, "v*", ("v1.0", "v1.1")),
            ("v*", "v*", ("v1.0", "v1.1")),
            (":/Day 2", None, (":/Day 2", None)),
            ("HEAD^{/Day [1]}", None, ("HEAD^{/Day [1]}", None)),
        ],
    )
    def test_that_fits_a_pattern(
        self, repository: Repository, start: str | None, end: str | None, expected: tuple[str, str | None]
    ) -> None:
        assert names(repository.root, start, end) == expected

    def test_is_a_tag_also_where_a_branch_has_its_name(self, repository: Repository) -> None:
        repository.git("branch", "v1.1", "HEAD~4")
        assert find_range(repository.root, None, None).start.commit == repository.git("rev-parse", "refs/tags/v1.1")

    def test_packed(self, repository: Repository) -> None:
        before = find_range(repository.root, None, "main")
        repository.git("pack-refs", "--all")
        repository.git("gc", "--quiet")
        module.forget()
        assert find_range(repository.root, None, "main") == before

    def test_none(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path)
        for _ in range(2):
            with pytest.raises(NoTag, match="there is no tag before `HEAD`") as caught:
                find_range(repository.root, None, None)
            assert not caught.value.shallow
            repository.commit({"x": ""})
            module.forget()
        assert not module.has_tags(repository.root)

    def test_none_that_fits(self, repository: Repository) -> None:
        with pytest.raises(NoTag, match=r"there is no tag that fits `w\*` before `HEAD`") as caught:
            find_range(repository.root, "w*", None)
        assert caught.value.pattern == "w*"
        with pytest.raises(NoTag, match=r"that fits `w\*` at or before `HEAD`"):
            find_range(repository.root, None, "w*")
        assert module.has_tags(repository.root)


class TestRevisions:
    @pytest.mark.parametrize(
        "revision",
        [
            *("", " ", "-", "--help", "--output=x", "-n1", "v9", "HEAD~99", "HEAD:pyproject.toml", "HEAD^{tree}"),
            *("a\0b", "v1.0\nHEAD", "$(touch x)", "; touch x", "../..", "x" * 5000, "HEAD..v1.0", "^HEAD", "näher"),
        ],
    )
    def test_that_are_none(self, repository: Repository, revision: str) -> None:
        with pytest.raises(NoRevision, match="git knows no revision"):
            resolve(repository.root, revision)
        assert not (repository.root / "x").exists()

    @pytest.mark.parametrize("name", ["-leading", "we$ird;name", "`tick`", "näher", "a'b\"c", "refs", "HEADS"])
    def test_that_have_odd_names(self, repository: Repository, name: str) -> None:
        commit = repository.git("rev-parse", "HEAD~1")
        repository.git("update-ref", f"refs/tags/{name}", commit)
        assert resolve(repository.root, name if not name.startswith("-") else f"refs/tags/{name}") == commit
        assert names(repository.root) == (name, None)

    def test_an_annotated_tag_is_its_commit(self, repository: Repository) -> None:
        assert resolve(repository.root, "v1.0") == repository.git("rev-parse", "v1.0^{commit}")

    def test_are_asked_once_until_forgotten(self, repository: Repository) -> None:
        first = resolve(repository.root, "main")
        second = repository.commit({"pyproject.toml": "6"})
        assert resolve(repository.root, "main") == first
        module.forget()
        assert resolve(repository.root, "main") == second != first


class TestShallowClones:
    def test_lack_tags_and_revisions(self, repository: Repository, tmp_path: Path) -> None:
        folder = repository.clone(tmp_path / "clone", "--depth=1")
        with pytest.raises(NoTag) as no_tag:
            find_range(folder, None, None)
        with pytest.raises(NoRevision, match=r"git knows no revision `v1\.0`") as no_revision:
            find_range(folder, "v1.0", None)
        assert no_tag.value.shallow
        assert no_revision.value.shallow
        assert "--unshallow" in no_revision.value.hint
        state = module.state(folder, "v1.0", None)
        git(folder, "fetch", "--quiet", "--unshallow", "--tags")
        module.forget()
        assert module.state(folder, "v1.0", None) != state
        assert names(folder) == ("v1.1", None)

    def test_have_what_is_within_their_depth(self, repository: Repository, tmp_path: Path) -> None:
        folder = repository.clone(tmp_path / "clone", "--depth=3")
        assert names(folder) == ("v1.1", None)
        assert read(folder / "pyproject.toml", "v1.1") == b"3"


class TestFiles:
    def test_and_the_day(self, repository: Repository) -> None:
        found = snapshot(
            repository.root, resolve(repository.root, "v1.1"), ("./pyproject.toml", "./none", "pyproject.toml")
        )
        assert found == ((b"3", None, b"3"), "2026-01-03")

    def test_with_any_content(self, repository: Repository) -> None:
        content = b"\n\0missing\n blob 3\n\xff\r\n"
        repository.commit({"a/b c/missing": content, "empty": b""})
        folder = repository.root / "a/b c"
        assert read(folder / "missing", "HEAD") == content
        assert read(repository.root / "empty", "HEAD") == b""
        assert snapshot(folder, resolve(folder, "HEAD"), ("empty", "./x\ny", "./missing")).files == (b"", None, content)

    def test_folders_are_none(self, repository: Repository) -> None:
        repository.commit({"sub/x": ""})
        assert read(repository.root / "sub", "HEAD") is None

    def test_links_are_followed_in_the_repository(self, repository: Repository) -> None:
        for name, target in {
            "inside": "pyproject.toml",
            "outside": "/etc/passwd",
            "nowhere": "none",
            "self": "self",
        }.items():
            (repository.root / name).symlink_to(target)
        repository.commit()
        files = [read(repository.root / name, "HEAD") for name in ("inside", "outside", "nowhere", "self")]
        assert files == [b"5", None, None, None]

    def test_of_a_worktree(self, repository: Repository, tmp_path: Path) -> None:
        repository.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "v1.0")
        assert (tmp_path / "tree/.git").is_file()
        assert read(tmp_path / "tree/pyproject.toml", "HEAD") == b"1"
        assert read(tmp_path / "tree/pyproject.toml", "main") == b"5"

    def test_of_a_submodule(self, repository: Repository, tmp_path: Path) -> None:
        outer = Repository(tmp_path / "outer")
        outer.commit({"pyproject.toml": "outer"}, tag="outer-1")
        outer.git("submodule", "--quiet", "add", repository.root.as_uri(), "inner")
        outer.commit()
        assert (outer.root / "inner/.git").is_file()
        assert names(outer.root / "inner") == ("v1.1", None)
        assert read(outer.root / "inner/pyproject.toml", "HEAD") == b"5"
        assert names(outer.root) == ("outer-1", None)

    def test_of_replaced_objects_are_the_real_ones(self, repository: Repository) -> None:
        repository.git("replace", "v1.1", "v1.0^{commit}")
        assert read(repository.root / "pyproject.toml", "v1.1") == b"3"

    def test_of_a_partial_clone_are_not_fetched(self, repository: Repository, tmp_path: Path) -> None:
        repository.git("config", "uploadpack.allowFilter", "true")
        folder = repository.clone(tmp_path / "clone", "--filter=blob:none", "--no-checkout")
        with pytest.raises(module.NotFetched, match="this partial clone lacks the files of"):
            read(folder / "pyproject.toml", "v1.0")
        assert git(folder, "rev-list", "--objects", "--missing=print", "--all").count("\n?") >= 4


class TestMoved:
    def moved(self, repository: Repository, folder: str, name: str = "pyproject.toml") -> str | None:
        commits = [resolve(repository.root, revision) for revision in ("v1.1", "HEAD")]
        (repository.root / folder).mkdir(exist_ok=True, parents=True)
        return module.moved_from(repository.root / folder, name, *commits)

    def test_to_another_folder(self, repository: Repository) -> None:
        repository.commit({"pyproject.toml": None, "libs/ä b/pyproject.toml": "5"})
        assert self.moved(repository, "libs/ä b") == "pyproject.toml"

    def test_and_changed_before_and_after(self, repository: Repository) -> None:
        lines = [f"line {number}\n" for number in range(50)]
        repository.commit({"pyproject.toml": "".join(lines)})
        repository.commit({"pyproject.toml": None, "one/pyproject.toml": "".join(lines[5:])})
        repository.git("checkout", "--quiet", "-b", "side")
        repository.commit({"one/pyproject.toml": None, "two/x/pyproject.toml": "".join(lines[5:45])})
        repository.git("checkout", "--quiet", "main")
        repository.commit({"README": ""})
        repository.git("merge", "--quiet", "--no-edit", "side")
        repository.commit({"two/x/pyproject.toml": "another\n"})
        assert self.moved(repository, "two/x") == "pyproject.toml"

    def test_not_at_all(self, repository: Repository) -> None:
        repository.commit({"libs/pyproject.toml": "something else altogether\n" * 9})
        assert self.moved(repository, "libs") is None
        assert self.moved(repository, "") is None
        assert self.moved(repository, "libs", "*.toml") is None
        assert self.moved(repository, "libs", "none.toml") is None


def without_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))


def without_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent.parent))
    (folder / ".git").rename(folder / "git")


def of_another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")


def broken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".git/config").write_text("[core\n", "utf-8")


TROUBLE: dict[Callable[[Path, pytest.MonkeyPatch], None], tuple[type[GitError], str]] = {
    without_git: (module.NoGit, "git cannot be run"),
    without_repository: (module.NoRepository, "this folder is in no git repository"),
    of_another_user: (module.Distrusted, "git refuses to read this repository"),
    broken: (GitError, "git cannot read the repository"),
}


@pytest.mark.parametrize("make", TROUBLE, ids=lambda make: make.__name__)
def test_what_keeps_git_from_answering(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    make(repository.root, monkeypatch)
    error, message = TROUBLE[make]
    for ask in (lambda: find_range(repository.root, None, None), lambda: resolve(repository.root, "HEAD")):
        with pytest.raises(GitError, match=message) as caught:
            ask()
        assert type(caught.value) is error
    assert message in module.state(repository.root, None, None)


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"])
def test_inside_a_hook_of_another_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = Repository(tmp_path / "other")
    monkeypatch.setenv(name, str(other.root / ".git" / ("objects" if "OBJECT" in name else "")))
    assert names(repository.root) == ("v1.1", None)
    assert read(repository.root / "pyproject.toml", "v1.0") == b"1"


def test_nothing_that_the_repository_says_is_run(repository: Repository) -> None:
    command = f"touch {repository.root}/was-run; cat"
    repository.commit({".gitattributes": "* filter=acme diff=acme\n"})
    repository.commit({"pyproject.toml": None, "sub/pyproject.toml": "5"})
    for key in ("filter.acme.smudge", "diff.acme.textconv", "diff.acme.command", "diff.external", "core.fsmonitor"):
        subprocess.run(["git", "config", key, command], cwd=repository.root, check=True)
    for key, value in {"core.pager": command, "gpg.program": command, "log.showSignature": "true"}.items():
        subprocess.run(["git", "config", key, value], cwd=repository.root, check=True)
    start = nearest_tag(repository.root, "HEAD").commit
    assert read(repository.root / "pyproject.toml", "v1.0") == b"1"
    module.moved_from(repository.root / "sub", "pyproject.toml", start, resolve(repository.root, "HEAD"))
    assert not (repository.root / "was-run").exists()


class TestHead:
    """Which commit is checked out, told without running git."""

    def test_it_is_what_git_says(self, repository: Repository, tmp_path: Path) -> None:
        commit = repository.git("rev-parse", "HEAD")
        assert head(repository.root) == commit
        repository.git("pack-refs", "--all")
        assert head(repository.root) == commit
        repository.git("checkout", "--quiet", "v1.0")
        assert head(repository.root) == repository.git("rev-parse", "HEAD") != commit
        repository.git("worktree", "add", "--quiet", "-b", "side/line", str(tmp_path / "tree"), "v1.1")
        assert head(tmp_path / "tree") == repository.git("rev-parse", "v1.1")

    def test_of_one_without_a_commit_nothing_is_known(self, tmp_path: Path) -> None:
        assert head(tmp_path) is None
        git(tmp_path, "init", "--quiet")
        assert head(tmp_path) is None

    @pytest.mark.parametrize("text", ["", "rubbish", "ref: ../../secret", "ref: refs/heads/.invalid", "\udcff"])
    def test_what_is_no_head_is_nothing(self, repository: Repository, text: str) -> None:
        (repository.root / ".git" / "HEAD").write_bytes(text.encode("utf-8", "surrogateescape"))
        assert head(repository.root) is None

    def test_a_reference_that_is_none_is_nothing(self, repository: Repository) -> None:
        name = repository.git("symbolic-ref", "HEAD")
        (repository.root / ".git" / name).write_text("rubbish\n")
        assert head(repository.root) is None
