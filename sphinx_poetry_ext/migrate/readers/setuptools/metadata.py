"""Keywords of ``setup()`` that become keys of ``[project]`` without being dependencies or contents.

PEP 621 and PEP 639: https://packaging.python.org/en/latest/specifications/pyproject-toml/; a Readme of several files is
Poetry's own: https://python-poetry.org/docs/pyproject/#readme.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.lint.licences import is_spdx, meaning, suggestion
from sphinx_poetry_ext.migrate.model import Written
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers.setuptools.located import FileLines, FileText, Located, Unknown
from sphinx_poetry_ext.migrate.readers.setuptools.packages import files_matching
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking

_README_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain", "": "text/plain"}
_COMPANY = re.compile(r"(?i)(inc|llc|ltd|gmbh|co|corp|ag|s\.?a|bv|jr|sr|phd|iii?)\.?")
SCM = {"use_scm_version", "setuptools_git_versioning", "use_vcs_version", "version_config", "vcversioner"}


def name(project: Taking, keyword: str, value: Located) -> None:
    """The name as setuptools makes it legal."""
    text = project.text(keyword, value)
    if text is None:
        return
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")
    if name != text:
        project.note(
            f"`{plain(text)}` is no legal name: setuptools makes `{name}` of it, which is written", value.written
        )
    if name:
        project.record("name", name, value.written)


def description(project: Taking, keyword: str, value: Located) -> None:
    """The summary, on one line."""
    if (text := project.text(keyword, value)) is not None:
        project.record("description", " ".join(text.split()), value.written)


def python(project: Taking, keyword: str, value: Located) -> None:
    """``requires-python``, which decides what gets installed."""
    if isinstance(value.value, Unknown):
        project.unknown(keyword, value.value, value.written, installs=True)
        return
    items = project.texts(keyword, value)
    text = ",".join(item.value for item in items)
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        project.error(f"`{plain(text)}` is no range of Python versions: write `>=3.8`", value.written)
        return
    if text:
        project.record("requires-python", text, value.written)


def keywords(project: Taking, keyword: str, value: Located) -> None:
    """A list of words, whatever stands between them."""
    if isinstance(value.value, str):
        # Commas are the rule; without any, people mean the blanks.
        words = re.split(r",|\n", value.value) if re.search(r"[,\n]", value.value.strip()) else value.value.split()
    else:
        words = [item.value for item in project.texts(keyword, value)]
    if kept := list(dict.fromkeys(word.strip() for word in words if word.strip())):
        project.record("keywords", kept, value.written)


def classifiers(project: Taking, keyword: str, value: Located) -> None:
    """As they are; those that the index does not know are spoken of."""
    from trove_classifiers import classifiers as known
    from trove_classifiers import deprecated_classifiers

    kept = []
    for item in project.texts(keyword, value):
        text = item.value
        if text in deprecated_classifiers:
            instead = deprecated_classifiers[text]
            hint = f"write {' or '.join(f'`{name}`' for name in instead)}" if instead else "take it out"
            project.note(f"the classifier `{plain(text)}` is deprecated: {hint}", item.written)
        elif text not in known and not text.startswith("Private :: "):
            project.note(f"`{plain(text)}` is no classifier that the index knows: take it out", item.written)
        kept.append(text)
    if kept:
        project.record("classifiers", list(dict.fromkeys(kept)), value.written)


def url(project: Taking, keyword: str, value: Located) -> None:
    """One address under the label that the index shows."""
    text = project.text(keyword, value)
    if text is None:
        return
    clean, had = addresses.without_credentials(text)
    if had:
        project.note(f"the credentials in `{keyword}` are not written", value.written)
    urls = dict(project.metadata["urls"].value) if "urls" in project.metadata else {}
    label = {"url": "Homepage", "download_url": "Download", "bugtrack_url": "Bug Tracker"}[keyword]
    if clean:
        project.record("urls", {label: clean, **urls} if keyword == "url" else {**urls, label: clean}, value.written)


def urls(project: Taking, keyword: str, value: Located) -> None:
    """Addresses by label, without credentials."""
    urls = dict(project.metadata["urls"].value) if "urls" in project.metadata else {}
    for label, item in project.table(keyword, value).items():
        text = project.text(keyword, item)
        clean, had = addresses.without_credentials(text or "")
        if had and text:
            project.note(f"the credentials in `{keyword}` are not written", item.written)
        if clean:
            urls[label] = clean
    if urls:
        project.record("urls", urls, value.written)


def people(project: Taking, key: str, names: str, emails: str) -> None:
    """Authors: names and e-mails as they were; an e-mail belongs to a name only where there is no doubt."""
    given, addressed = project.keywords.get(names), project.keywords.get(emails)
    whole = project.text(names, given) if given is not None and given.value is not None else None
    mails = project.text(emails, addressed) if addressed is not None and addressed.value is not None else None
    found = given or addressed
    if found is None or not (whole or mails):
        return
    people = _names(whole or "")
    separate = [mail for part in (mails or "").split(",") if (mail := part.strip())]
    persons: list[dict[str, str]] = []
    if len(people) == len(separate):
        persons = [{"name": name, "email": mail} for name, mail in zip(people, separate, strict=True)]
    else:
        persons = [{"name": name} for name in people] + [{"email": mail} for mail in separate]
    persons = [_parted(person) for person in persons]
    # Poetry asks the first of them for a name.
    persons.sort(key=lambda person: "name" not in person)
    if "name" not in persons[0]:
        project.lost(f"Poetry wants a name with each e-mail: add {key} with `{plain(mails or '')}`", found.written)
        return
    if any("name" not in person for person in persons):
        text = f"whose e-mail `{plain(mails or '')}` is, nothing says: it stands for itself in `{key}`"
        project.note(f"{text}, so put it to its name", found.written, Level.info)
    project.record(key, persons, found.written)


def readme(project: Taking) -> None:
    """The file that ``long_description`` reads, or its text."""
    value, kind = project.keywords.get("long_description"), project.keywords.get("long_description_content_type")
    content_type = project.text("long_description_content_type", kind) if kind is not None else None
    if value is None or (value.value in (None, "") and not isinstance(value.value, FileText)):
        return
    if isinstance(value.value, FileLines):
        value = replace(value, value=FileText("", value.value.paths))
    if isinstance(value.value, FileText):
        _readme_files(project, value, content_type)
    elif isinstance(value.value, Unknown):
        readme = next(
            (name for name in ("README.md", "README.rst", "README.txt", "README") if (project.top / name).is_file()),
            None,
        )
        project.note(
            f"`long_description`: `{value.value.text}` is only known when setup.py runs: "
            + (f"`{readme}`, which is there, is taken" if readme else "name a file in `readme`"),
            value.written,
        )
        if readme:
            project.record("readme", _typed(readme, content_type), value.written)
    elif (text := project.text("long_description", value)) is not None:
        project.record("readme", {"text": text, "content-type": content_type or "text/x-rst"}, value.written)


def _readme_files(project: Taking, value: Located, content_type: str | None) -> None:
    paths = [path for path in dict.fromkeys(value.value.paths) if path.is_file()]
    names = [project.relative(path) for path in paths]
    for name in (project.relative(path) for path in value.value.paths if path not in paths):
        project.note(f"`{name}` is not there: write it, or take it out of `long_description`", value.written)
    if not names:
        return
    if len(names) == 1:
        project.record("readme", _typed(names[0], content_type), value.written)
        return
    # PEP 621 knows one file alone, Poetry several.
    project.record("tool.poetry.readme", names, value.written)
    project.dynamic("readme", value.written)
    if len({_README_TYPES.get(Path(name).suffix.lower()) for name in names}) > 1:
        project.note(f"{', '.join(names)}: Poetry wants one format for all parts of a readme", value.written)


def _typed(name: str, content_type: str | None) -> object:
    mime = (content_type or "").partition(";")[0].strip()
    if not mime or mime == _README_TYPES.get(Path(name).suffix.lower()):
        return name
    return {"file": name, "content-type": mime}


def licence(project: Taking) -> None:
    """An SPDX expression (PEP 639), and no classifier beside it."""
    value, classifiers = project.keywords.get("license"), project.metadata.get("classifiers")
    old = [text for text in (classifiers.value if classifiers else ()) if text.startswith("License :: ")]
    text = None
    files: list[str] = []
    if value is not None and isinstance(value.value, FileText):
        files = [project.relative(path) for path in value.value.paths]
    elif value is not None and value.value is not None:
        text = project.text("license", value)
    found = text if text and is_spdx(text) else meaning(text) if text else None
    by_class = [known for item in old if (known := meaning(item.rpartition(" :: ")[2])) is not None or _vague(item)]
    if found is None and len(by_class) == 1 and by_class[0]:
        found = by_class[0] if text is None or _may_be(text, by_class[0]) else None
    written = value.written if value is not None else classifiers.written if classifiers else project.start
    if found:
        project.record("license", found, written)
        if text and text != found:
            project.note(
                f"the licence `{plain(text)[:60]}` is written as `{found}`, its SPDX name", written, Level.info
            )
    elif text:
        message = f"`{plain(text)[:60]}` is no SPDX licence expression and may mean several: write `license` as one"
        project.lost(f"{message}, such as `{suggestion(text)}`", written)
    elif old:
        message = f"`{old[0]}` does not say which licence exactly: write `license` as an SPDX expression"
        project.note(f"{message}, such as `{suggestion(old[0].rpartition(' :: ')[2])}`", written)
    if found and old and classifiers:
        project.record("classifiers", [item for item in classifiers.value if item not in old], classifiers.written)
        if not project.metadata["classifiers"].value:
            del project.metadata["classifiers"]
        for item in old:
            project.drop(
                item, f'`license = "{found}"` says it, and PEP 639 wants no classifier beside', classifiers.written
            )
    _licence_files(project, files, written)


def _licence_files(project: Taking, files: list[str], written: Written) -> None:
    for keyword in ("license_files", "license_file"):
        if (value := project.keywords.get(keyword)) is not None:
            written = value.written
            separator = "," if isinstance(value.value, str) and "\n" not in value.value.strip() else "\n"
            files += [item.value for item in project.texts(keyword, value, split=separator)]
    kept = []
    for name in dict.fromkeys(files):
        if not files_matching(project.top, name):
            project.note(f"the licence file `{plain(name)}` is not there, and a build stops at that: write it", written)
        else:
            kept.append(name)
    if kept:
        project.record("license-files", kept, written)


def version(project: Taking) -> None:
    """The version, or who makes it."""
    value = project.keywords.get("version")
    scm = next((project.keywords[name] for name in SCM if name in project.keywords), None)
    by_tool = isinstance(value.value, Unknown) and "versioneer" in value.value.text if value else False
    if scm is not None and scm.value is not False:
        project.keep_backend("the version, which is made of git's tags,", scm.written)
    elif value is not None and by_tool:
        project.keep_backend("the version, which versioneer makes of git's tags,", value.written)
    elif value is None and "pbr" in project.keywords:
        pass
    elif value is None or (text := project.text("version", value)) is None:
        written = value.written if value is not None else project.start
        project.record("version", "0.0.0", written)
        project.lost(
            "no version is told here, so `0.0.0` stands for it, as setuptools has it: write the real one", written
        )
        project.unanswered.append(project.notes[-1])
        return
    else:
        from packaging.version import InvalidVersion, Version

        try:
            Version(text)
        except InvalidVersion:
            project.note(f"`{plain(text)}` is no version that PEP 440 allows: write one such as `1.0.0`", value.written)
            text = "0.0.0"
        project.record("version", text, value.written)
        return
    written = scm.written if scm is not None else value.written if value is not None else project.start
    project.dynamic("version", written)
    project.record("tool.poetry.version", "0.0.0", written)
    project.note(
        '`version = "0.0.0"` goes to [tool.poetry], since Poetry wants one: it is what `poetry install` calls the '
        "project, and what is built has its own",
        written,
        Level.info,
    )


def _names(text: str) -> list[str]:
    """The people in one string; a comma may as well be part of a name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(" " in part and not _COMPANY.fullmatch(part) for part in parts):
        return parts
    return [text.strip()] if text.strip() else []


def _parted(person: dict[str, str]) -> dict[str, str]:
    """``Bob <bob@example.com>`` in one of the two fields as both."""
    for text in person.values():
        if match := re.fullmatch(r"\s*(?P<name>[^<]+?)\s*<(?P<email>[^>]+)>\s*", text):
            return {"name": match["name"], "email": match["email"]}
    return person


def _vague(classifier: str) -> bool:
    return classifier.rpartition(" :: ")[2] != "OSI Approved"


def _may_be(text: str, licence: str) -> bool:
    """Whether a vague name such as ``BSD`` or ``Apache`` can mean *licence*."""
    word = re.sub(r"[^a-z]+", "", text.lower().replace("license", "").replace("licence", ""))
    return bool(word) and licence.lower().replace("-", "").startswith(word)
