"""Files are replaced all together or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sphinx_poetry_ext.project import writing
from sphinx_poetry_ext.project.writing import UnwritableFile, write_all, write_parts


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "one.toml", tmp_path / "sub" / "other.toml"
    other.parent.mkdir()
    one.write_bytes(b"one")
    other.write_bytes(b"other")
    return one, other


def test_all_are_replaced_and_nothing_else_is_left(files: tuple[Path, Path]) -> None:
    one, other = files
    write_all({one: b"1\r\n", other: b""})
    assert (one.read_bytes(), other.read_bytes()) == (b"1\r\n", b"")
    assert sorted(path.name for path in one.parent.rglob("*")) == ["one.toml", "other.toml", "sub"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_stay(files: tuple[Path, Path], mode: int) -> None:
    files[0].chmod(mode)
    write_all({files[0]: b"1"})
    assert files[0].stat().st_mode & 0o777 == mode


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_all({tmp_path / "new": b"1"})
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_links_are_followed(files: tuple[Path, Path]) -> None:
    link = files[0].with_name("link.toml")
    link.symlink_to("sub/other.toml")
    write_all({link: b"new"})
    assert link.is_symlink()
    assert files[1].read_bytes() == b"new"


def test_one_read_only_file_stops_all(files: tuple[Path, Path]) -> None:
    one, other = files
    other.chmod(0o444)
    with pytest.raises(UnwritableFile, match="read-only") as caught:
        write_all({one: b"1", other: b"2"})
    assert caught.value.path == other
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")


def test_a_folder_that_may_not_be_written_to(files: tuple[Path, Path]) -> None:
    one, other = files
    other.parent.chmod(0o555)
    try:
        if os.access(other.parent, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(UnwritableFile, match="folder"):
            write_all({one: b"1", other: b"2"})
    finally:
        other.parent.chmod(0o755)
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")


def test_what_was_replaced_is_put_back(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = files
    new = one.with_name("new.toml")
    replace = Path.replace

    def fail_at_the_last(self: Path, target: Path) -> Path:
        if target == other:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_last)
    with pytest.raises(UnwritableFile, match="No space left") as caught:
        write_all({one: b"1", new: b"new", other: b"2"})
    assert caught.value.path == other
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")
    assert sorted(path.name for path in one.parent.rglob("*")) == ["one.toml", "other.toml", "sub"]


def test_nothing_is_left_when_a_file_cannot_be_prepared(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(UnwritableFile, match="No space left"):
        write_all({files[0]: b"1"})
    assert files[0].read_bytes() == b"one"
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["one.toml", "sub"]


def test_what_is_removed_is_gone_with_the_rest(files: tuple[Path, Path]) -> None:
    one, other = files
    write_all({one: b"1"}, removed=[other])
    assert sorted(path.name for path in one.parent.rglob("*")) == ["one.toml", "sub"]


def test_what_cannot_be_removed_leaves_everything(files: tuple[Path, Path]) -> None:
    one, other = files
    third = other.with_name("third.toml")
    third.write_bytes(b"third")
    other.chmod(0o444)
    with pytest.raises(UnwritableFile, match="read-only"):
        write_all({one: b"1"}, removed=[third, other])
    assert (one.read_bytes(), third.read_bytes(), other.read_bytes()) == (b"one", b"third", b"other")


def test_an_interrupt_puts_everything_back(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = files

    def interrupt(path: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_name_beside", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_all({one: b"1"}, removed=[other])
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")
    assert sorted(path.name for path in one.parent.rglob("*")) == ["one.toml", "other.toml", "sub"]


def test_an_interrupt_right_after_a_replacement(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = files
    replace = Path.replace

    def interrupted(path: Path, target: Path) -> Path:
        replace(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all({one: b"1", other: b"2", one.with_name("new.toml"): b"3"})
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")
    assert sorted(path.name for path in one.parent.rglob("*")) == ["one.toml", "other.toml", "sub"]


def test_an_interrupt_while_a_file_is_prepared(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_all({files[0]: b"1"})
    assert sorted(path.name for path in files[0].parent.rglob("*")) == ["one.toml", "other.toml", "sub"]


def test_folders_are_made_and_gone_again_when_something_fails(tmp_path: Path) -> None:
    write_all({tmp_path / "a/b/new": b"1"})
    assert (tmp_path / "a/b/new").read_bytes() == b"1"
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnwritableFile):
        write_all({tmp_path / "a/c/d/new": b"1", tmp_path / "folder": b"2"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "folder", "new"]
    with pytest.raises(UnwritableFile, match="its folder"):
        write_all({tmp_path / "a/b/new/below": b"1"})


# -- more than anybody wants to hold at once --------------------------------------------------------------------------


def test_a_file_is_replaced_once_all_of_it_is_there(files: tuple[Path, Path]) -> None:
    one, _ = files
    one.chmod(0o600)

    def parts() -> Iterator[bytes]:
        for number in range(3):
            assert one.read_bytes() == b"one"
            yield b"%d" % number

    write_parts(one, parts())
    assert one.read_bytes() == b"012"
    assert one.stat().st_mode & 0o777 == 0o600
    link = one.with_name("link.toml")
    link.symlink_to("sub/other.toml")
    write_parts(link, [b"new"])
    assert link.is_symlink()
    assert files[1].read_bytes() == b"new"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, ValueError])
def test_when_a_part_cannot_be_had_the_file_is_as_it_was(files: tuple[Path, Path], error: type[BaseException]) -> None:
    def parts() -> Iterator[bytes]:
        yield b"1"
        raise error

    with pytest.raises(UnwritableFile if error is OSError else error):
        write_parts(files[0], parts())
    assert files[0].read_bytes() == b"one"
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["one.toml", "sub"]


@pytest.mark.parametrize("name", ["sub", "nowhere/one.toml", "one.toml/one.toml", "x" * 300])
def test_where_there_can_be_no_file_it_is_said(files: tuple[Path, Path], name: str) -> None:
    with pytest.raises(UnwritableFile, match="cannot be written"):
        write_parts(files[0].parent / name, [b"1"])


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    write_parts(Path(os.devnull), [b"1", b"2"])
    assert Path(os.devnull).is_char_device()
