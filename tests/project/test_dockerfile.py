"""Dockerfiles as data: stages, instructions, and the commands inside RUN with their physical places."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shared_cases import CASES

from sphinx_poetry_ext.project import dockerfile
from sphinx_poetry_ext.project.dockerfile import Dockerfile, Instruction, Pair, parse
from sphinx_poetry_ext.project.folder import Folder, find_dockerfiles
from sphinx_poetry_ext.project.shell import Command
from sphinx_poetry_ext.project.words import resolve, substitute

PATH = Path("Dockerfile")


def read(text: str) -> Dockerfile:
    return parse(PATH, text.encode())


def instructions(text: str) -> tuple[Instruction, ...]:
    """The instructions of a stage, which begin in line 2."""
    (stage,) = read(f"FROM scratch\n{text}").stages
    return stage.instructions


def commands(text: str) -> list[Command]:
    """The commands of all RUNs of a stage, which begin in line 2."""
    return [command for instruction in instructions(text) for command in instruction.commands]


def placed(text: str) -> list[tuple[str, int, int]]:
    return [(" ".join(command.words), command.line, command.column) for command in commands(text)]


# -- the commands of RUN ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN poetry install", [("poetry install", 2, 5)]),
        ("run poetry install", [("poetry install", 2, 5)]),
        ("  RUN   poetry install", [("poetry install", 2, 9)]),
        ("RUN a && b; c | d", [("a", 2, 5), ("b", 2, 10), ("c", 2, 13), ("d", 2, 17)]),
        ("RUN a && \\\n    b \\\n      c", [("a", 2, 5), ("b c", 3, 5)]),
        ("RUN \\\n  a", [("a", 3, 3)]),
        ("RUN a \\   \n && b", [("a", 2, 5), ("b", 3, 5)]),
        ("RUN a && \\\n  # about b\n  b \\\n  # about c; d\n  && c", [("a", 2, 5), ("b", 4, 3), ("c", 6, 6)]),
        ("RUN \\\n  # first\n  a", [("a", 4, 3)]),
        ("RUN a \\\n\n   b && \\\n  \n c", [("a b", 2, 5), ("c", 6, 2)]),
        ("RUN poet\\\nry sync", [("poetry sync", 2, 5)]),
        ("RUN --mount=type=cache,target=/x --network=none a", [("a", 2, 49)]),
        ("RUN --mount=type=cache,target=/x \\\n  --network=none \\\n  a", [("a", 4, 3)]),
        ('RUN echo "é ü" && a', [("echo é ü", 2, 5), ("a", 2, 19)]),
        ("RUN (cd x && a)", [("cd x", 2, 6), ("a", 2, 14)]),
        ("RUN { a; b; }", [("a", 2, 7), ("b", 2, 10)]),
        ("RUN a $(b c) `d`", [("b c", 2, 9), ("d", 2, 15), ("a $(b c) $(d)", 2, 5)]),
        ('RUN a "x$(b)"', [("b", 2, 11), ("a x$(b)", 2, 5)]),
        ("RUN a <(b)", [("b", 2, 9), ("a <(b)", 2, 5)]),
        ("RUN a > x 2>&1 < y", [("a", 2, 5)]),
        ('RUN read x <<< "$y" && a\nRUN b', [("read x", 2, 5), ("a", 2, 24), ("b", 3, 5)]),
        ("RUN echo $((1<<3))\nRUN b", [("echo $((1<<3))", 2, 5), ("b", 3, 5)]),
        ('RUN echo "see <<EOF"\nRUN b', [("echo see <<EOF", 2, 5), ("b", 3, 5)]),
        ("RUN if a; then \\\n  b; \\\n else \\\n  c; fi", [("a", 2, 8), ("b", 3, 3), ("c", 5, 3)]),
        ("RUN for i in 1 2; do a; done", [("a", 2, 22)]),
        ("RUN export A=b C && unset A", [("export A=b C", 2, 5), ("unset A", 2, 21)]),
        ("RUN . x/bin/activate && a", [(". x/bin/activate", 2, 5), ("a", 2, 25)]),
        ("RUN pip install poetry[all]==1.* 'x>=1,<2'", [("pip install poetry[all]==1.* x>=1,<2", 2, 5)]),
        ("RUN a &", [("a", 2, 5)]),
        ("RUN", []),
        ("ONBUILD RUN a", []),
        ("CMD a && b", []),
    ],
)
def test_every_command_has_its_own_place(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert placed(text) == expected
    assert placed(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ('"a b"', "a b"),
        ("'a b'", "a b"),
        ("""a"b"'c'd""", "abcd"),
        (r"a\ b", "a b"),
        (r'"a\"b\c"', r'a"b\c'),
        ("$A", "${A}"),
        ("x${A}y$B", "x${A}y${B}"),
        ("${A:-b}", "${A:-b}"),
        ('"$A/bin"', "${A}/bin"),
        ("'$A'", "$$A"),
        (r"\$A", "$$A"),
        (r'"\${A}"', "$${A}"),
        ("$1", "${1}"),
        ("a$", "a$$"),
        ("$'a'", "a"),
        ("~/x", "~/x"),
    ],
)
def test_words_lose_their_quotes_and_keep_their_variables(word: str, expected: str) -> None:
    (command,) = commands(f"RUN echo {word}")
    assert command.words == ("echo", expected)


@pytest.mark.parametrize(
    ("text", "words", "prefixes"),
    [
        ("sudo poetry install", "poetry install", ("sudo",)),
        ("sudo -E -u app -- poetry install", "poetry install", ("sudo",)),
        ("/usr/bin/sudo poetry x", "poetry x", ("sudo",)),
        ("env poetry x", "poetry x", ("env",)),
        ("env -u A poetry x", "poetry x", ("env",)),
        ("exec poetry x", "poetry x", ("exec",)),
        ("time poetry x", "poetry x", ("time",)),
        ("command poetry x", "poetry x", ("command",)),
        ("command -v poetry", "command -v poetry", ()),
        ("timeout -k 3 60 nice -n 5 poetry x", "poetry x", ("timeout", "nice")),
        ("env", "env", ()),
        ("sudo -n", "sudo -n", ()),
        ('sh -c "poetry x"', "poetry x", ()),
        ("/bin/sh -c 'poetry x'", "poetry x", ()),
        ("bash -euxo pipefail -c 'poetry x' name", "poetry x", ()),
        ("bash -o errexit -c 'poetry x'", "poetry x", ()),
        ('bash -lc "poetry x"', "poetry x", ("login",)),
        ("bash --login -c 'poetry x'", "poetry x", ("login",)),
        ("sudo sh -c \"env bash -c 'time poetry x'\"", "poetry x", ("sudo", "env", "time")),
        ("bash script.sh", "bash script.sh", ()),
        ("bash -e", "bash -e", ()),
    ],
)
def test_what_only_runs_another_command_is_looked_through(text: str, words: str, prefixes: tuple[str, ...]) -> None:
    (command,) = commands(f"RUN {text}")
    assert (" ".join(command.words), command.prefixes) == (words, prefixes)


@pytest.mark.parametrize(
    ("text", "words", "assignments"),
    [
        ("A=b poetry x", "poetry x", (("A", "b"),)),
        ('A="b $C" D= poetry x', "poetry x", (("A", "b ${C}"), ("D", ""))),
        ("A=b env C=d poetry x", "poetry x", (("A", "b"), ("C", "d"))),
        ("A=b sh -c 'C=d poetry x'", "poetry x", (("A", "b"), ("C", "d"))),
        ("sudo A=b poetry x", "poetry x", (("A", "b"),)),
        ("A=b", "", (("A", "b"),)),
        ("PATH+=:/x", "", (("PATH", "${PATH}:/x"),)),
        ("A=(b c)", "", (("A", "${A}"),)),
    ],
)
def test_assignments(text: str, words: str, assignments: tuple[tuple[str, str], ...]) -> None:
    (command,) = commands(f"RUN {text}")
    assert (" ".join(command.words), command.assignments) == (words, assignments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('RUN bash -c "a && \\\n    b"', [("a", 2, 14), ("b", 3, 5)]),
        ("RUN bash -c 'a && \\\n  # no\n    b'", [("a", 2, 14), ("b", 4, 5)]),
        ('RUN bash -c "echo \\"x\\" && \\\n b"', [("echo x", 2, 14), ("b", 3, 2)]),
        ('RUN ["sh", "-c", "a && b"]', [("a", 2, 5), ("b", 2, 10)]),
        ('RUN ["poetry", "install", \\\n "--sync"]', [("poetry install --sync", 2, 5)]),
        ('RUN ["echo", "$A"]', [("echo $$A", 2, 5)]),
        ('RUN ["a", b]', []),
        ("RUN [ -f x ] && a", [("a", 2, 17)]),
        ("RUN [[ -f x ]] && a", [("a", 2, 19)]),
    ],
)
def test_scripts_in_quotes_and_the_exec_form(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert placed(text) == expected


def test_the_exec_form_keeps_its_words() -> None:
    (run,) = instructions('RUN --network=none ["pip", "install", "a b"]')
    assert run.words == ("pip", "install", "a b")
    assert run.flags == ("--network=none",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN <<EOF\na\n  b \\\n   c\nEOF\nRUN d", [("a", 3, 1), ("b c", 4, 3), ("d", 7, 5)]),
        ("RUN <<'EOF'\na\nEOF", [("a", 3, 1)]),
        ('RUN <<"END"\na\nEND', [("a", 3, 1)]),
        ("RUN <<-EOF\n\ta\n\tEOF\nRUN b", [("a", 3, 2), ("b", 5, 5)]),
        ("RUN <<EOF\n#!/bin/bash\na\nEOF", [("a", 4, 1)]),
        ("RUN <<EOF\n#!/usr/bin/env bash\na\nEOF", [("a", 4, 1)]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF", []),
        ("RUN python3 <<EOF\nimport os\nEOF", [("python3", 2, 5)]),
        ("RUN bash -e <<EOF\na\nEOF", [("bash -e", 2, 5), ("a", 3, 1)]),
        ("RUN <<EOF bash\na\nEOF", [("bash", 2, 11), ("a", 3, 1)]),
        ("RUN bash <<EOF && b\na\nEOF", [("bash", 2, 5), ("a", 3, 1), ("b", 2, 19)]),
        ("RUN bash script <<EOF\na\nEOF", [("bash script", 2, 5)]),
        ("RUN cat <<EOF > /x && b\na\nEOF", [("cat", 2, 5), ("b", 2, 23)]),
        ("RUN cat <<A <<B > /x\na\nA\nb\nB\nRUN c", [("cat", 2, 5), ("c", 7, 5)]),
        ("RUN cat <<A >/x; sh <<B\na\nA\nb\nB", [("cat", 2, 5), ("sh", 2, 18), ("b", 5, 1)]),
        ("RUN <<EOF\n\na # c\n# b\nEOF", [("a", 4, 1)]),
        ("RUN <<EOF\ncat <<X\nb\nX\na\nEOF", [("cat", 3, 1), ("a", 6, 1)]),
        ("RUN <<EOF\nEOF\nRUN b", [("b", 4, 5)]),
        ("COPY <<EOF /x\na\nEOF\nRUN b", [("b", 5, 5)]),
        ("RUN <<EOF\na", []),
    ],
)
def test_heredocs(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert placed(text) == expected
    assert placed(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("a", []),
        ("a && b; c", []),
        ("a || b; c", ["b"]),
        ("a && b || c && d", ["c"]),
        ("[ -f x ] && b && c; d", ["b", "c"]),
        ('test "$A" = b && c', ["c"]),
        ("! grep -q a b && c", ["c"]),
        ("command -v poetry || a", ["a"]),
        ("[ x ] || a && b", ["a"]),
        ("if a; then b; elif c; then d; else e; fi; f", ["b", "c", "d", "e"]),
        ("case $A in b) c;; esac; d", ["c"]),
        ("for i in 1 2; do a; done", ["a"]),
        ("while a; do b; done", ["a", "b"]),
        ("f() { a; }; b", ["a"]),
        ("if a; then sh -c 'b'; fi", ["b"]),
    ],
)
def test_what_may_be_left_out(text: str, conditional: list[str]) -> None:
    assert [command.words[0] for command in commands(f"RUN {text}") if command.conditional] == conditional


def test_a_pipe_is_followed() -> None:
    curl, tee, python, after = commands("RUN curl -s x | tee y | A=b python3 - && poetry install")
    assert (curl.piped_from, tee.piped_from, python.piped_from, after.piped_from) == (None, curl, tee, None)
    assert after.scopes == ()
    *_, last, then = commands("RUN a | b | c | d || e")
    assert (last.piped_from is not None, then.piped_from, then.conditional) == (True, None, True)
    _, inner, shell = commands("RUN (a; b) | sh -c 'c'")
    assert shell.piped_from == inner


def test_subshells_have_scopes() -> None:
    a, b, c, d, e = commands("RUN a && (b; (c)) && d $(e)")[:3] + commands("RUN a && (b; (c)) && d $(e)")[:-3:-1]
    assert a.scopes == d.scopes == ()
    assert len(b.scopes) == 1
    assert c.scopes[:1] == b.scopes
    assert len(c.scopes) == 2
    assert len(e.scopes) == 1
    inner, outer = commands("RUN sh -c 'a'; b")
    assert (len(inner.scopes), outer.scopes) == (1, ())


def test_a_long_list_is_no_deep_one() -> None:
    text = "RUN " + " && \\\n".join(f"a{number}" for number in range(1000))
    assert [command.line for command in commands(text)] == list(range(2, 1002))


def test_what_is_nested_too_deeply_is_left_out() -> None:
    assert [words for words, *_ in placed("RUN " + "( " * 500 + "a" + " )" * 500 + "\nRUN b")] == ["b"]
    assert [words for words, *_ in placed("RUN " + "( " * 40 + "a" + " )" * 40)] == ["a"]
    deep = "RUN echo " + '"$(echo ' * 200 + "a" + ')"' * 200
    assert len(commands(deep)) < 200


def test_a_broken_command_is_left_out() -> None:
    assert [words for words, *_ in placed("RUN a $(b && c\nRUN d\n")] == ["d"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a', ["a"]),
        ('SHELL ["powershell", "-Command"]\nRUN a', []),
        ('SHELL ["powershell", "-Command"]\nRUN ["a"]', ["a"]),
        ('SHELL ["powershell"]\nFROM x\nRUN a', ["a"]),
        ('SHELL ["conda", "run", "-n", "x", "/bin/bash", "-c"]\nRUN a', ["a"]),
    ],
)
def test_only_a_shell_reads_shell(text: str, expected: list[str]) -> None:
    stages = read(f"FROM scratch\n{text}").stages
    found = [command for stage in stages for item in stage.instructions for command in item.commands]
    assert [command.words[0] for command in found] == expected


def test_a_stage_inherits_its_shell() -> None:
    file = read('FROM a AS b\nSHELL ["cmd"]\nFROM B\nRUN c\nFROM x\nRUN d\n')
    assert [len(stage.instructions[-1].commands) for stage in file.stages] == [0, 0, 1]


# -- the other instructions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV A=b", [("A", "b", 2, 5)]),
        ('ENV A="b c" D=\'e $f\' G=h\\ i "J"=k', [("A", "b c", 2, 5), ("D", "e $$f", 2, 13), ("G", "h i", 2, 22)]),
        ("ENV A=b \\\n  # no\n  C=$A/d \\\n\n  E=f", [("A", "b", 2, 5), ("C", "${A}/d", 4, 3), ("E", "f", 6, 3)]),
        ("ENV A b  c ", [("A", "b  c", 2, 5)]),
        ("ENV A b=c", [("A", "b=c", 2, 5)]),
        ("ENV A=", [("A", "", 2, 5)]),
        ("ENV PATH=${A:-/x}/bin:$PATH", [("PATH", "${A:-/x}/bin:${PATH}", 2, 5)]),
        ("ARG A", [("A", None, 2, 5)]),
        ("ARG A=b C", [("A", "b", 2, 5), ("C", None, 2, 9)]),
    ],
)
def test_variables(text: str, expected: list[tuple[str, str | None, int, int]]) -> None:
    (instruction,) = instructions(text)
    assert list(instruction.pairs)[: len(expected)] == [Pair(*pair) for pair in expected]


@pytest.mark.parametrize(
    ("text", "name", "words", "flags"),
    [
        ("COPY a b /c/", "COPY", ("a", "b", "/c/"), ()),
        ("copy --from=x --chown=1:1 a \\\n b", "COPY", ("a", "b"), ("--from=x", "--chown=1:1")),
        ('COPY ["a b", "/c d/"]', "COPY", ("a b", "/c d/"), ()),
        ("COPY --link . $A/", "COPY", (".", "${A}/"), ("--link",)),
        ("ADD https://x/y /z", "ADD", ("https://x/y", "/z"), ()),
        ('WORKDIR "/a b"', "WORKDIR", ("/a b",), ()),
        ("USER app:group", "USER", ("app:group",), ()),
        ('SHELL ["/bin/bash", "-c"]', "SHELL", ("/bin/bash", "-c"), ()),
        ("CMD poetry run x", "CMD", ("poetry", "run", "x"), ()),
        ('ENTRYPOINT ["a", "b"]', "ENTRYPOINT", ("a", "b"), ()),
        ("HEALTHCHECK --interval=5m CMD curl x", "HEALTHCHECK", ("CMD", "curl", "x"), ("--interval=5m",)),
        ('LABEL a="b c"', "LABEL", ("a=b c",), ()),
        ("EXPOSE 80/tcp 81", "EXPOSE", ("80/tcp", "81"), ()),
    ],
)
def test_instructions(text: str, name: str, words: tuple[str, ...], flags: tuple[str, ...]) -> None:
    (instruction,) = instructions(text)
    assert (instruction.name, instruction.words, instruction.flags, instruction.line) == (name, words, flags, 2)


def test_stages() -> None:
    file = read(
        "# syntax=docker/dockerfile:1\nARG PY=3.11 IMAGE=python:$PY\nARG LATER\n"
        "FROM --platform=linux/amd64 ${IMAGE}-slim AS Base\nARG PY\nRUN a\n\n"
        "FROM base as b2\n# c\nFROM 0\nFROM ${X}\nFROM b2\n"
    )
    assert [(stage.index, stage.name, stage.base, stage.line) for stage in file.stages] == [
        (0, "Base", "${IMAGE}-slim", 4),
        (1, "b2", "base", 8),
        (2, None, "0", 10),
        (3, None, "${X}", 11),
        (4, None, "b2", 12),
    ]
    assert file.stages[0].flags == ("--platform=linux/amd64",)
    assert [item.name for item in file.stages[0].instructions] == ["ARG", "RUN"]
    assert [pair.name for pair in file.global_args] == ["PY", "IMAGE", "LATER"]
    assert file.global_values() == {"PY": "3.11", "IMAGE": "python:3.11"}
    assert [(parent := file.parent(stage)) and parent.index for stage in file.stages] == [None, 0, None, None, 1]
    assert file.stage("BASE") is file.stages[0]
    assert file.stage("1") is file.stages[1]
    assert file.stage("b2", before=1) is None
    assert file.stage("99") is None


def test_the_last_stage_of_a_name_counts() -> None:
    file = read("FROM a AS x\nFROM b AS x\nFROM x\n")
    assert file.parent(file.stages[2]) is file.stages[1]
    assert file.parent(file.stages[1]) is None


# -- words and what they stand for ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", "a"),
        ("${A}", "x"),
        ("${A}/${B}", "x/"),
        ("${NO}", None),
        ("a$(b)", None),
        ("$$A", "$A"),
        ("$$${A}", "$x"),
        ("${A:-y}", "x"),
        ("${B:-y}", "y"),
        ("${B-y}", ""),
        ("${B:-$A}", "x"),
        ("${B:-${A}z}", "xz"),
        ('${B:-"y"}', "y"),
        ("${A:+==$A}", "==x"),
        ("${B:+y}", ""),
        ("${B+y}", "y"),
        ("${A:?gone}", "x"),
        ("${NO:-y}", None),
        ("${NO:+y}", None),
        ("${A%%x}", None),
        ("${#A}", None),
        ("${A", None),
        ("${", None),
    ],
)
def test_resolve(word: str, expected: str | None) -> None:
    assert resolve(word, {"A": "x", "B": ""}) == expected


def test_substitute_leaves_what_it_does_not_know() -> None:
    assert substitute("${A}:${PATH}:$(b)", {"A": "/x"}) == "/x:${PATH}:$(b)"
    # What is put in is not looked at again: an unknown PATH may hold the name of itself.
    assert substitute("/x:${PATH}", {"PATH": "/y:${PATH}"}) == "/x:/y:${PATH}"


def test_values_do_not_grow_without_end() -> None:
    values = {"A": "x" * 100}
    for _ in range(100):
        values["A"] = substitute("${A}${A}", values)
    assert len(values["A"]) < 20_000


# -- files as they come -----------------------------------------------------------------------------------------------


def test_the_escape_character_may_be_a_backtick() -> None:
    file = read("# syntax=x\n# escape=`\nFROM a\nENV D=C:\\b`\n  E=f\nRUN a `\n  # no\n  && b c:\\\nRUN d\n")
    (stage,) = file.stages
    env, *runs = stage.instructions
    assert [(pair.name, pair.value, pair.line) for pair in env.pairs] == [("D", "C:\\b", 4), ("E", "f", 5)]
    found = [command for run in runs for command in run.commands]
    assert [(command.words[0], command.line) for command in found] == [("a", 6), ("b", 8), ("d", 9)]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", []),
        (b"\n\n# nothing\n", []),
        (b"\xef\xbb\xbfFROM a\nRUN b\n", ["RUN"]),
        ("FROM a\nRUN b\n".encode("utf-16"), []),
        (b"FROM a\nRUN \xff\xfe poetry\nRUN b\n", ["RUN", "RUN"]),
        (b"FROM a\nNONSENSE x\nRUN b\n", ["RUN"]),
        (b"FROM a\n{% if x %}\nRUN b\n{% endif %}\nRUN c\n", ["RUN", "RUN"]),
        (b"FROM a\nENV B='c\nRUN d\n", ["ENV", "RUN"]),
        (b"FROM a\nRUN b \\", ["RUN"]),
        (b"FROM a\nRUN b <<X\nc\n", ["RUN"]),
        (b"RUN b\n", []),
        (b"FROM\nRUN b\n", []),
        (b"FROM a\n" + b"RUN b\n" * 100_000, None),
    ],
)
def test_broken_files(data: bytes, names: list[str] | None) -> None:
    stages = parse(PATH, data).stages
    found = [item.name for stage in stages for item in stage.instructions]
    assert (found if stages else names or []) == (names or [])


@pytest.mark.parametrize(
    "token",
    [
        "\0",
        "\x0b",
        "<",
        "<<",
        "<<<",
        "<<E ",
        "<<E\n",
        "|",
        "a|",
        ")",
        "(",
        "a=(",
        "$(",
        "${A:-",
        '"\n',
        "`",
        "{ ",
        ";a",
        "if a; then ",
    ],
)
@pytest.mark.parametrize("start", ["", "FROM a\nRUN ", "FROM a\nENV A=", "FROM a\nRUN <<E\n", "FROM a\nRUN sh -c '"])
def test_garbage_is_soon_given_up(start: str, token: str) -> None:
    data = (start + token * 200_000).encode()
    begin = time.process_time()
    parse(PATH, data)
    parse(PATH, data[: dockerfile.MAX_BYTES])
    # Each of the quadratic ones would take minutes; the slowest takes a second.
    assert time.process_time() - begin < 15


@pytest.mark.parametrize(
    "token", ["RUN a|b\n", "RUN poetry install\n", "ENV A=$A$A\n", "FROM x AS y\n", "ENV A=b \\\n", "ARG A\n"]
)
def test_long_files_are_read_in_time(token: str) -> None:
    data = ("FROM a\n" + token * 200_000).encode()[: dockerfile.MAX_BYTES]
    begin = time.process_time()
    assert parse(PATH, data).stages
    assert time.process_time() - begin < 15


_PARTS = [
    "FROM a\n",
    "RUN ",
    "ENV ",
    "A=b",
    "<<EOF",
    "EOF\n",
    "\n",
    "\\\n",
    "# c\n",
    "poetry",
    " ",
    "'",
    '"',
    "$(",
    ")",
    "${",
    "}",
]


@given(
    st.lists(st.sampled_from([*_PARTS, "`", "[", "]", "&&", "|", ";", "sh -c ", "if ", "\r\n", "é", "\0", "<"])).map(
        "".join
    )
)
@example("FROM a\nRUN sh -c '" * 50)
@example("FROM a\nRUN " + "$(" * 2000)
@example("FROM a\nRUN " + "if a; then " * 2000)
@example("FROM a\nENV A=" + "${A:-" * 5000)
@example("FROM a\nRUN [" + "[" * 5000 + "]")
def test_nothing_raises_and_every_command_is_somewhere(text: str) -> None:
    file = parse(PATH, text.encode())
    lines = text.split("\n")
    for stage in file.stages:
        assert 1 <= stage.line <= len(lines)
        for item in stage.instructions:
            assert item.name == item.name.upper()
            for command in item.commands:
                assert item.line <= command.line <= len(lines)
                assert command.column >= 1


@given(st.binary())
def test_any_bytes_may_come(data: bytes) -> None:
    parse(PATH, data)
    parse(PATH, b"FROM a\nRUN " + data)


# -- finding them -----------------------------------------------------------------------------------------------------


def test_find(tmp_path: Path) -> None:
    names = ["Dockerfile", "Dockerfile.dev", "api.Dockerfile", "Containerfile"]
    others = [
        "dockerfile",
        "Dockerfile.dockerignore",
        "Dockerfile.dev.dockerignore",
        ".dockerignore",
        "xDockerfile",
        "Dockerfiles",
    ]
    for name in names + others:
        (tmp_path / name).touch()
    (tmp_path / "Dockerfile.d").mkdir()
    (tmp_path / "Dockerfile.gone").symlink_to(tmp_path / "nowhere")
    assert find_dockerfiles(Folder(tmp_path)) == tuple(tmp_path / name for name in sorted(names))
    assert find_dockerfiles(Folder(tmp_path / "missing")) == ()
    assert find_dockerfiles(Folder(tmp_path / "Dockerfile")) == ()


@pytest.mark.usefixtures("cases")
def test_the_shared_files_are_read_whole() -> None:
    files = [
        path
        for pattern in ("lint/*", "real/*")
        for folder in CASES.glob(pattern)
        for path in find_dockerfiles(Folder(folder))
    ]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        file = parse(path, path.read_bytes())
        keywords = [line.split()[0].upper() for line in text.splitlines() if line[:1].isalpha() and line[:4] != "    "]
        read_ = ["ARG"] * len(file.global_args)
        for stage in file.stages:
            read_ += ["FROM", *(item.name for item in stage.instructions)]
        assert read_ == keywords, path
        runs = [item for stage in file.stages for item in stage.instructions if item.name == "RUN"]
        assert all(run.commands for run in runs), path
        lines = text.splitlines()
        for command in (command for run in runs for command in run.commands):
            start = command.words[0].partition("$")[0]
            assert lines[command.line - 1][command.column - 1 :].lstrip('"').startswith(start), (path, command)
