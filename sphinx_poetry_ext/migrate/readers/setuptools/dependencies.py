"""What a setuptools project requires: ``install_requires``, ``extras_require``, ``tests_require``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.model import MAIN, Comment, Wanted, Written
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers import requirements as files
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, Located
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking
from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.project.model import normalize_name

_OFFERED = {"dev", "develop", "development", "test", "tests", "testing", "docs", "doc", "lint", "typing"}


def install_requires(project: Taking, keyword: str, value: Located) -> None:
    """Everybody gets these."""
    _requirements(project, keyword, value, MAIN, None, None)


def tests_require(project: Taking, keyword: str, value: Located) -> None:
    """A dependency group, since only developers ever got these."""
    _requirements(project, keyword, value, "test", None, None)
    project.note("`tests_require` becomes the dependency group `test`", value.written, Level.info)


def extras_require(project: Taking, keyword: str, value: Located) -> None:
    """Extras stay extras; ``extra:condition`` is one under a marker."""
    for key, item in project.table(keyword, value, installs=True).items():
        extra, _, condition = key.partition(":")
        extra, condition = extra.strip(), condition.strip()
        name = normalize_name(extra)
        if name != extra:
            project.note(f"the extra `{plain(extra)}` is `{name}` now, as PEP 685 has it", item.written)
        if condition:
            try:
                Marker(condition)
            except InvalidMarker:
                project.error(f"`{plain(key)}`: what stands behind the colon is no marker: mend it", item.written)
                continue
        _requirements(project, f"{keyword}[{extra}]", item, MAIN, name or None, condition or None)
        if name in _OFFERED:
            message = f"`{name}` is an extra, which everybody can install: where only developers need it, the group"
            project.note(
                f"{message} `{name}` in [dependency-groups] is better; it stays an extra", item.written, Level.info
            )


def _requirements(
    project: Taking, keyword: str, value: Located, group: str, extra: str | None, condition: str | None
) -> None:
    for item in project.texts(keyword, value, installs=True):
        if isinstance(item.value, FileLines):
            _from_files(project, keyword, item, group, extra, condition)
        elif item.value.startswith("#"):
            project.drop(item.value, "this comment stands by no requirement", item.written)
        elif (wanted := requirement(project, item.value, item.written, item.comment)) is not None:
            _keep(project, wanted, group, extra, condition)


def _keep(project: Taking, wanted: Wanted, group: str, extra: str | None, condition: str | None) -> None:
    markers = _both(wanted.markers, condition)
    project.wanted.append(replace(wanted, group=group, in_extra=extra, markers=markers))


def requirement(project: Taking, text: str, written: Written, comment: Comment) -> Wanted | None:
    """One PEP 508 requirement; ``None``, and an error said, where it cannot be carried over."""
    text = re.sub(r"\s+#.*$", "", text)
    try:
        parsed = Requirement(text)
    except InvalidRequirement as error:
        reason = plain(str(error).splitlines()[0])
        project.error(f"`{plain(text)}` is no requirement ({reason}): write `name>=1.0`", written)
        return None
    markers = str(parsed.marker) if parsed.marker else None
    wanted = Wanted(
        parsed.name, written, shown(parsed.specifier), tuple(sorted(parsed.extras)), markers, comment=comment
    )
    if parsed.url is None:
        return wanted
    found = addresses.parse(parsed.url, top=project.top, repository=project.repository)
    if found.had_credentials:
        project.note(
            f"the credentials in the address of {parsed.name} are not carried over: store them in git's credential "
            "helper or .netrc, where the machine or the CI job keeps secrets",
            written,
        )
    if found.target is None:
        problem = found.problem or "this is the project itself"
        project.error(f"`{plain(text)}` cannot be carried over: {problem}: write the version that you mean", written)
        return None
    return replace(wanted, target=found.target, hashes=found.hashes)


def _from_files(
    project: Taking, keyword: str, value: Located, group: str, extra: str | None, condition: str | None
) -> None:
    lines: FileLines = value.value
    names = ", ".join(f"`{project.relative(path)}`" for path in lines.paths)
    project.note(
        f"`{keyword}` is what {names} says, by `{lines.how}`: so that is the package's own declaration",
        value.written,
        Level.info,
    )
    reading = files.read(dict.fromkeys(lines.paths, MAIN), top=project.top, repository=project.repository)
    project.files += [path for path in reading.files if path not in project.files] if extra is None else []
    project.notes += reading.notes
    project.dropped += reading.dropped
    project.indexes += reading.indexes
    for wanted in reading.wanted:
        _keep(project, wanted, group, extra, condition)


def own_extras(project: Taking) -> None:
    """``acme[yaml]`` in acme's own extra: what that extra has."""
    own = project.metadata.get("name")
    if own is None:
        return
    name = normalize_name(own.value)
    by_extra: dict[str | None, list[Wanted]] = {}
    for wanted in project.wanted:
        by_extra.setdefault(wanted.in_extra, []).append(wanted)

    def expanded(wanted: Wanted, seen: tuple[str, ...]) -> Iterator[Wanted]:
        if wanted.canonical_name != name or not (wanted.in_extra or wanted.group != MAIN):
            yield wanted
            return
        for extra in map(normalize_name, wanted.extras):
            if extra not in by_extra:
                project.error(
                    f"`{own.value}[{extra}]`: there is no such extra: add it, or take this out", wanted.written
                )
            for item in by_extra.get(extra, ()) if extra not in seen else ():
                for inner in expanded(item, (*seen, extra)):
                    markers = _both(inner.markers, wanted.markers)
                    yield replace(inner, in_extra=wanted.in_extra, group=wanted.group, markers=markers)

    project.wanted = [item for wanted in project.wanted for item in expanded(wanted, ())]


def dependency_links(project: Taking, keyword: str, value: Located) -> None:
    """Said and left: no installer has looked at them since pip 19."""
    for item in project.texts(keyword, value):
        if isinstance(item.value, str):
            project.lost(
                f"`dependency_links`: pip has not looked at `{plain(item.value)}` since 19.0, and it is not "
                "carried over: where a package comes from there, write `name @ URL`, or use `poetry source add`",
                item.written,
            )


def _both(one: str | None, other: str | None) -> str | None:
    if not (one and other):
        return one or other
    first, second = (f"({text})" if re.search(r"\bor\b", text) else text for text in (one, other))
    return str(Marker(f"{first} and {second}"))
