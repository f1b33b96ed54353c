"""One more item in `extensions`, in every way in which people write it; or what to write by hand, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_poetry_ext.add_to_docs import conf_file
from sphinx_poetry_ext.add_to_docs.model import NoDocs
from sphinx_poetry_ext.errors import UnreadableFile

ITEM = "sphinx_poetry_ext"
EDITED = {
    "one-line": ('extensions = ["a", "b"]\n', f'extensions = ["a", "b", "{ITEM}"]\n'),
    "single-quotes": ("extensions = ['a']\n", f"extensions = ['a', '{ITEM}']\n"),
    "empty": ("extensions = []\n", f'extensions = ["{ITEM}"]\n'),
    "empty-over-lines": ("extensions = [\n]\nx = 1\n", f'extensions = [\n    "{ITEM}",\n]\nx = 1\n'),
    "empty-with-comments": (
        "extensions = [  # none yet\n  # 'a',\n]\n",
        f"extensions = [  # none yet\n  '{ITEM}',\n  # 'a',\n]\n",
    ),
    "several-lines": (
        'extensions = [\n    "a",\n    "b",  # for c, d\n]\n',
        f'extensions = [\n    "a",\n    "b",  # for c, d\n    "{ITEM}",\n]\n',
    ),
    "no-last-comma": (
        'extensions = [\n  "a",\n  "b"  # why, why\n]\n',
        f'extensions = [\n  "a",\n  "b",  # why, why\n  "{ITEM}"\n]\n',
    ),
    "comments-below": (
        'extensions = [\n\t"a",\n\t# "b",\n]\n',
        f'extensions = [\n\t"a",\n\t"{ITEM}",\n\t# "b",\n]\n',
    ),
    "bracket-at-the-end": (
        'extensions = ["a",\n              "b"]\n',
        f'extensions = ["a",\n              "b",\n              "{ITEM}"]\n',
    ),
    "windows": ('extensions = [\r\n    "a",\r\n]\r\n', f'extensions = [\r\n    "a",\r\n    "{ITEM}",\r\n]\r\n'),
    "tuple": ('extensions = ("a", "b")\n', f'extensions = ("a", "b", "{ITEM}")\n'),
    "tuple-of-one": ('extensions = ("a",)\n', f'extensions = ("a", "{ITEM}")\n'),
    "bare-tuple": ('extensions = "a", "b"\nx = 1\n', f'extensions = "a", "b", "{ITEM}"\nx = 1\n'),
    "empty-tuple": ("extensions = ()\n", f'extensions = ("{ITEM}",)\n'),
    "annotated": ('extensions: list[str] = ["a"]\n', f'extensions: list[str] = ["a", "{ITEM}"]\n'),
    "starred": ('extensions = [*base, "a"]\n', f'extensions = [*base, "a", "{ITEM}"]\n'),
    "added": ('from shared import *\nextensions += ["a"]\n', f'from shared import *\nextensions += ["a", "{ITEM}"]\n'),
    "extended": (
        'from shared import extensions\nextensions.extend(["a"])\n',
        f'from shared import extensions\nextensions.extend(["a", "{ITEM}"])\n',
    ),
    "computed-and-added": (
        'extensions = make()\nextensions += ["a"]\n',
        f'extensions = make()\nextensions += ["a", "{ITEM}"]\n',
    ),
    "the-last-counts": (
        'extensions = ["a"]\nextensions = ["b"]\n',
        f'extensions = ["a"]\nextensions = ["b", "{ITEM}"]\n',
    ),
    "and-more-on-a-condition": (
        'extensions = ["a"]\nif x:\n    extensions.append("b")\n',
        f'extensions = ["a", "{ITEM}"]\nif x:\n    extensions.append("b")\n',
    ),
    "umlauts-and-a-mark": (
        '\ufeffnäme = "ü"; extensions = ["ä"]  # ö\n',
        f'\ufeffnäme = "ü"; extensions = ["ä", "{ITEM}"]  # ö\n',
    ),
    "form-feed": ('x = 1\n\x0c\nextensions = ["a"]\n', f'x = 1\n\x0c\nextensions = ["a", "{ITEM}"]\n'),
    "none": ('project = "x"\n', f'project = "x"\n\nextensions = ["{ITEM}"]\n'),
    "none-and-no-last-line-end": ('project = "x"', f'project = "x"\n\nextensions = ["{ITEM}"]\n'),
    "nothing": ("", f'extensions = ["{ITEM}"]\n'),
}
BY_HAND = {
    "computed": ("project = 1\nextensions = base + ['a']\n", 2, "computed"),
    "a-name": ("extensions = base\n", 1, "computed"),
    "appended": ("extensions = base\nextensions.append('a')\n", 1, "computed"),
    "comprehension": ("extensions = [x for x in y]\n", 1, "computed"),
    "either-or": ("\nif x:\n    extensions = ['a']\nelse:\n    extensions = []\n", 3, "condition"),
    "from-elsewhere": ("import os\nfrom shared import *\n", 2, "may set"),
    "run": ("exec(open('x').read())\n", 1, "may set"),
    "unpacked": ("extensions, x = ['a'], 1\n", 1, "computed"),
    "in-brackets": ("extensions = [('a')]\n", 1, "unusual"),
}
THERE = (
    f"extensions = ['{ITEM}']\n",
    f"extensions = base + ['a']\nextensions += ['{ITEM}']\n",
    f"extensions = []\nif x:\n    extensions.append('{ITEM}')\n",
    f"extensions = []\ndef setup(app):\n    app.setup_extension('{ITEM}')\n",
)


def read(tmp_path: Path, text: str) -> conf_file.ConfFile:
    (tmp_path / "conf.py").write_bytes(text.encode())
    return conf_file.read(tmp_path / "conf.py")


@pytest.mark.parametrize(("before", "after"), EDITED.values(), ids=EDITED)
def test_one_more_item_and_nothing_else_changes(tmp_path: Path, before: str, after: str) -> None:
    part = conf_file.add_extension(read(tmp_path, before))
    assert not part.by_hand
    assert part.contents[tmp_path / "conf.py"].decode() == after
    assert conf_file.add_extension(read(tmp_path, after)).contents == {}


@pytest.mark.parametrize(("text", "line", "why"), BY_HAND.values(), ids=BY_HAND)
def test_what_would_be_a_guess_is_left_to_people(tmp_path: Path, text: str, line: int, why: str) -> None:
    part = conf_file.add_extension(read(tmp_path, text))
    assert not part.contents
    (item,) = part.by_hand
    assert item.line == line
    assert why in item.message
    assert f'`extensions += ["{ITEM}"]`' in item.message


@pytest.mark.parametrize("text", THERE)
def test_nothing_twice(tmp_path: Path, text: str) -> None:
    assert conf_file.add_extension(read(tmp_path, text)) == ({}, (), ())


def test_another_encoding_stays(tmp_path: Path) -> None:
    text = '# coding: latin-1\nauthor = "Müller"; extensions = ["ä"]\n'
    (tmp_path / "conf.py").write_bytes(text.encode("latin-1"))
    part = conf_file.add_extension(conf_file.read(tmp_path / "conf.py"))
    assert part.contents[tmp_path / "conf.py"] == text.replace('"ä"', f'"ä", "{ITEM}"').encode("latin-1")


@pytest.mark.parametrize(("data", "line"), [(b"x = 1\nextensions = [\n", 2), (b"\xff\n", 1), (b"# coding: nope\n", 1)])
def test_what_is_no_python_is_said(tmp_path: Path, data: bytes, line: int) -> None:
    (tmp_path / "conf.py").write_bytes(data)
    with pytest.raises(UnreadableFile) as raised:
        conf_file.read(tmp_path / "conf.py")
    assert raised.value.line == line


def test_it_is_looked_for_where_people_have_it(tmp_path: Path) -> None:
    with pytest.raises(NoDocs, match=r"no conf\.py of Sphinx"):
        conf_file.find(tmp_path, None)
    (tmp_path / "conf.py").write_text("DEBUG = True\n")  # of something else
    with pytest.raises(NoDocs):
        conf_file.find(tmp_path, None)
    (tmp_path / "doc/source").mkdir(parents=True)
    (tmp_path / "doc/source/conf.py").write_text("project = 'x'\n")
    assert conf_file.find(tmp_path, None) == tmp_path / "doc/source/conf.py"
    (tmp_path / "conf.py").write_text("extensions = []\n")
    with pytest.raises(NoDocs, match="several"):
        conf_file.find(tmp_path, None)
    assert conf_file.find(tmp_path, tmp_path) == tmp_path / "conf.py"
    with pytest.raises(NoDocs, match="no such"):
        conf_file.find(tmp_path, tmp_path / "docs")
