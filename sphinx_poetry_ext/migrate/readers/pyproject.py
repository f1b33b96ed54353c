"""A pyproject.toml that stays: its ``[project]`` (PEP 621), its groups (PEP 735), and what other tools keep in it.

What it declares is what the project needs; nothing of it is written again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from packaging.requirements import InvalidRequirement, Requirement

from sphinx_poetry_ext.lint.finding import Level, plain
from sphinx_poetry_ext.migrate.inventory import find_sources
from sphinx_poetry_ext.migrate.model import MAIN, Index, Reading, Target, Value, Wanted, Written
from sphinx_poetry_ext.migrate.readers import addresses
from sphinx_poetry_ext.migrate.readers.declared import Declarations
from sphinx_poetry_ext.migrate.readers.poetry import BACKENDS
from sphinx_poetry_ext.migrate.readers.poetry_constraints import python
from sphinx_poetry_ext.migrate.readers.specifiers import shown
from sphinx_poetry_ext.migrate.readers.toml_places import Places
from sphinx_poetry_ext.project import constraints, pyproject
from sphinx_poetry_ext.project.model import KeyPath, normalize_name
from sphinx_poetry_ext.project.typed import table_at

_PLAIN_BACKENDS = {
    "setuptools.build_meta",
    "setuptools.build_meta:__legacy__",
    "hatchling.build",
    "flit_core.buildapi",
    "pdm.backend",
    "pdm.pep517.api",
    "uv_build",
}
"""Those that build what poetry-core can build as well, as long as nobody told them to do more."""
_NOT_ITSELF = {"setuptools", "wheel", "hatchling", "flit-core", "pdm-backend", "pdm-pep517", "uv-build"}


def read(path: Path, data: bytes, tree: Mapping[str, Any]) -> list[Reading]:
    """What *data* declares, the pyproject.toml at *path* whose content is *tree*, and what other tools say in it."""
    return _Reader(path, data, tree).read()


class _Reader:
    def __init__(self, path: Path, data: bytes, tree: Mapping[str, Any]) -> None:
        self._path = path
        self._tree = tree
        self._model = pyproject.parse(path, tree)
        self._places = Places(path, data)
        self._declared = Declarations(self._model, self._places)
        self._project = self._table("project")
        self._metadata: dict[str, Value] = {}
        self._keeps: list[tuple[str, KeyPath]] = []

    def read(self) -> list[Reading]:
        wanted = [item for _, item in self._declared.wanted()]
        for key, value in self._project.items():
            if key not in {"dependencies", "optional-dependencies"}:
                self._metadata[key] = Value(value, self._places.written(("project", key)))
        if not self._project and self._model.is_poetry_project:
            self._read_poetry_metadata()
        is_package = self._is_package()
        if self._project and is_package and self._model.build_backend not in BACKENDS:
            self._read_backend()
        others = [*self._uv_groups(), *self._pdm_groups()]
        enriching = tuple(self._from_uv([*wanted, *others]))
        self._speak_of_tools()
        declared = Reading(
            "pyproject.toml",
            (self._path,),
            wanted=tuple(wanted),
            enriching=enriching,
            indexes=tuple(self._declared.indexes()),
            metadata=self._metadata,
            is_package=is_package,
            notes=tuple(self._declared.notes),
            dropped=tuple(self._declared.dropped),
            build_requires=tuple(self._build_requires()),
            keeps_backend=bool(self._keeps),
            stays=True,
        )
        indexes = tuple(self._uv_indexes({item.index for item in enriching}))
        tools = Reading("uv and PDM", (self._path,), wanted=tuple(others), indexes=indexes)
        return [declared, *([tools] if others or indexes else [])]

    def _table(self, *names: str) -> Mapping[str, Any]:
        return table_at(self._tree, *names)

    def _is_package(self) -> bool:
        """Whether it gets built: a ``[project]`` that names no backend is built by setuptools when it is told what."""
        if not self._model.package_mode or not (self._project or self._model.is_poetry_project):
            return False
        if self._table("build-system") or self._table("tool", "poetry") or self._table("tool", "setuptools"):
            return True
        if self._table("tool", "uv").get("package") is not None:
            return self._table("tool", "uv")["package"] is True
        folder = self._path.parent
        name = normalize_name(str(self._project.get("name", ""))).replace("-", "_")
        candidates = (folder / name / "__init__.py", folder / "src", folder / "setup.py", folder / "setup.cfg")
        return any(candidate.exists() for candidate in (*candidates, folder / f"{name}.py"))

    def _read_poetry_metadata(self) -> None:
        """With the style of Poetry 1 all of it stays in ``[tool.poetry]``."""
        poetry = self._table("tool", "poetry")
        for key in ("name", "version", "description", "keywords", "classifiers", "readme", "license"):
            if key in poetry:
                self._metadata[key] = Value(poetry[key], self._places.written(("tool", "poetry", key)))
        for requirement in self._model.python[:1]:
            try:
                found = python(requirement.constraint).pep440 or ">=2.7"
            except constraints.InvalidConstraint:
                text = f"`python = {plain(requirement.constraint)}` is no range"
                self._declared.error(f"{text}: write one such as `>=3.9,<4.0`", self._places.written(requirement.key))
                continue
            self._metadata["requires-python"] = Value(found, self._places.written(requirement.key))

    # -- the build ----------------------------------------------------------------------------------------------------

    def _read_backend(self) -> None:
        """Whether poetry-core can build it: if not, the backend stays."""
        backend = self._model.build_backend or "setuptools.build_meta"
        if backend not in _PLAIN_BACKENDS or "backend-path" in self._table("build-system"):
            self._keeps.append((f"`{plain(backend)}` builds it", ("build-system", "build-backend")))
        setuptools = self._table("tool", "setuptools")
        for key in ("ext-modules", "cmdclass", "data-files", "script-files"):
            if setuptools.get(key):
                self._keeps.append((f"`tool.setuptools.{key}` is setuptools' own", ("tool", "setuptools", key)))
        for key, value in self._table("tool", "setuptools", "dynamic").items():
            if key == "dependencies":
                self._read_listed(value)
            elif key == "optional-dependencies":
                self._declared.note(
                    "the extras that these files list become groups by their names, as all requirements files do: "
                    "move what users of the package need to [project.optional-dependencies]",
                    self._places.written(("tool", "setuptools", "dynamic", key)),
                )
            elif isinstance(value, dict):
                self._keeps.append(
                    (f"setuptools finds `{plain(key)}` out when it builds", ("tool", "setuptools", "dynamic", key))
                )
        if "setuptools_scm" in self._tree.get("tool", {}) or "setuptools-scm" in self._tree.get("tool", {}):
            self._keeps.append(("setuptools-scm finds the version out", ("tool", "setuptools_scm")))
        hatch = self._table("tool", "hatch")
        for key in ("version", "metadata"):
            if isinstance(hatch.get(key), dict) and hatch[key].keys() - {"allow-direct-references"}:
                self._keeps.append((f"hatchling finds `{key}` out when it builds", ("tool", "hatch", key)))
        if _has_hooks(self._table("tool", "hatch", "build")):
            self._keeps.append(("hatchling has build hooks", ("tool", "hatch", "build")))
        for key in ("build", "version"):
            if self._table("tool", "pdm").get(key):
                self._keeps.append((f"`tool.pdm.{key}` is pdm-backend's own", ("tool", "pdm", key)))
        listed = self._table("tool", "setuptools", "dynamic").keys() & {"dependencies", "optional-dependencies"}
        dynamic = [key for key in self._dynamic() if key not in listed]
        if not self._keeps and self._has_no_setup_files() and dynamic:
            self._keeps.append((f"`{plain(dynamic[0])}` is found out when it is built", ("project", "dynamic")))
        if self._keeps:
            reason, place = self._keeps[0]
            if "version" in self._dynamic() and "version" not in self._table("tool", "poetry"):
                # Poetry wants one, and whatever builds the package puts its own in place of it.
                self._metadata["tool.poetry.version"] = Value("0.0.0", self._places.written(("project", "dynamic")))
                self._declared.note(
                    '`version = "0.0.0"` goes to [tool.poetry], since Poetry wants one: it is what `poetry install` '
                    "calls the project, and what is built has its own",
                    self._places.written(("project", "dynamic")),
                    Level.info,
                )
            self._declared.note(
                f"the build backend stays, because {reason}, which poetry-core does not do: `poetry install` needs it "
                "as it is; change to poetry-core when that is no longer needed",
                self._places.written(place),
            )
            return
        self._read_layout(backend)

    def _read_listed(self, value: object) -> None:
        """The files that setuptools takes the dependencies from; those named as requirements are read anyway."""
        files = value.get("file") if isinstance(value, dict) else None
        folder = self._path.parent
        known = find_sources(folder).requirements
        for name in [files] if isinstance(files, str) else files if isinstance(files, list) else [""]:
            if known.get(folder / str(name)) != MAIN:
                self._declared.error(
                    f"the dependencies are in `{plain(str(name))}`, which is not named like a requirements file: call "
                    "it requirements.txt, or write them to [project]",
                    self._places.written(("tool", "setuptools", "dynamic", "dependencies")),
                )

    def _has_no_setup_files(self) -> bool:
        return not any((self._path.parent / name).is_file() for name in ("setup.py", "setup.cfg"))

    def _dynamic(self) -> list[str]:
        dynamic = self._project.get("dynamic")
        return [str(key) for key in dynamic] if isinstance(dynamic, list) else []

    def _read_layout(self, backend: str) -> None:
        """``packages`` for Poetry, where it would not find them by the project's name."""
        folder = self._path.parent
        if self._table("tool", "poetry").get("packages"):
            return
        found = list(self._packages(backend))
        name = normalize_name(str(self._project.get("name", ""))).replace("-", "_")
        usual = [{"include": name}, {"include": name, "from": "src"}, {"include": f"{name}.py"}]
        there = any(
            (folder / base / part).exists() for base in ("", "src") for part in (f"{name}/__init__.py", f"{name}.py")
        )
        if found and not (there and len(found) == 1 and found[0] in usual):
            written = self._places.written(("tool",)) if self._table("tool") else self._places.written(("project",))
            self._metadata["tool.poetry.packages"] = Value(found, written)
            names = ", ".join(item["include"] for item in found)
            self._declared.note(f"Poetry is told which packages there are: {plain(names)}", written)

    def _packages(self, backend: str) -> Iterator[dict[str, str]]:
        folder = self._path.parent
        setuptools = self._table("tool", "setuptools")
        base = "src" if (folder / "src").is_dir() else ""
        directories = setuptools.get("package-dir")
        if isinstance(directories, dict) and isinstance(directories.get(""), str):
            base = directories[""].strip("./")
        find = self._table("tool", "setuptools", "packages", "find")
        if isinstance(where := find.get("where"), list) and where:
            base = str(where[0]).strip("./")
        modules = setuptools.get("py-modules")
        for module in modules if isinstance(modules, list) else ():
            yield _included(f"{module}.py", base)
        listed = setuptools.get("packages")
        wheel = self._table("tool", "hatch", "build", "targets", "wheel").get("packages")
        flit = self._table("tool", "flit", "module").get("name")
        if isinstance(listed, list):
            for name in dict.fromkeys(str(item).partition(".")[0] for item in listed):
                yield _included(name, base)
        elif isinstance(wheel, list):
            for item in wheel:
                parent, _, name = str(item).strip("/").rpartition("/")
                yield _included(name, parent)
        elif isinstance(flit, str):
            yield _included(flit.replace(".", "/"), base)
        elif backend.startswith("setuptools") and not modules:
            excluded = {"tests", "test", "docs", "doc", "examples", "build", "dist", "benchmarks", "scripts", "tools"}
            there = (folder / base).iterdir() if (folder / base).is_dir() else ()
            for entry in sorted(there):
                if (entry / "__init__.py").is_file() and (base or entry.name not in excluded):
                    yield _included(entry.name, base)

    def _build_requires(self) -> Iterator[str]:
        """What a build needs beyond the backend that goes."""
        requires = self._table("build-system").get("requires")
        if self._model.build_backend in BACKENDS or not isinstance(requires, list):
            return
        for text in requires:
            try:
                name = normalize_name(Requirement(str(text)).name)
            except InvalidRequirement:
                continue
            if name not in _NOT_ITSELF:
                yield str(text)

    # -- other tools --------------------------------------------------------------------------------------------------

    def _from_uv(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        """What ``[tool.uv.sources]`` adds to *wanted*, as far as Poetry's own table does not say it yet."""
        sources = {normalize_name(name): (name, value) for name, value in self._table("tool", "uv", "sources").items()}
        for item in wanted:
            if item.canonical_name not in sources:
                continue
            name, value = sources[item.canonical_name]
            written = self._places.written(("tool", "uv", "sources", name))
            table = value if isinstance(value, dict) else {}
            target = self._uv_target(name, table, written)
            index = table.get("index")
            if "marker" in table or (target is None and not isinstance(index, str)):
                self._declared.error(
                    f"`tool.uv.sources.{plain(name)}` is only for uv, and nothing in Poetry is like it: say in "
                    "[tool.poetry.dependencies] where it comes from",
                    written,
                )
            elif target is not None and item.target != target:
                yield replace(item, written=written, target=target, constraint="")
            elif target is None and item.index is None:
                yield replace(item, written=written, index=index)

    def _uv_target(self, name: str, table: Mapping[str, Any], written: Written) -> Target | None:
        subdirectory = table.get("subdirectory")
        folder = subdirectory if isinstance(subdirectory, str) else None
        if isinstance(url := table.get("git") or table.get("url"), str):
            location, had_credentials = addresses.without_credentials(url)
            if had_credentials:
                message = f"the credentials in the address of `{plain(name)}` are not carried over"
                self._declared.note(message, written)
            reference = next((str(table[part]) for part in ("rev", "tag", "branch") if part in table), None)
            return Target("git" if "git" in table else "url", location, reference, folder)
        if isinstance(path := table.get("path"), str):
            is_file = path.endswith((".whl", ".tar.gz", ".zip"))
            is_editable = table.get("editable") is True
            return Target("file" if is_file else "path", path, None, folder, is_editable)
        return None

    def _uv_indexes(self, used: Collection[str | None]) -> Iterator[Index]:
        """Those of ``[[tool.uv.index]]``; uv looks at them first, and at PyPI unless one is the default."""
        found = self._table("tool", "uv").get("index")
        for number, table in enumerate(found if isinstance(found, list) else ()):
            if not (isinstance(table, dict) and isinstance(url := table.get("url"), str)):
                continue
            location, needs_credentials = addresses.without_credentials(url)
            written = self._places.written(("tool", "uv", "index", number, "url"))
            name = str(table.get("name") or "")
            kind: Literal["primary", "extra", "explicit"] = "primary" if table.get("default") is True else "extra"
            if table.get("explicit") is True:
                kind = "explicit"
            if kind != "explicit" or name in used:
                yield Index(location, kind, written, name, needs_credentials)

    def _uv_groups(self) -> Iterator[Wanted]:
        yield from self._listed(self._table("tool", "uv").get("dev-dependencies"), "dev", ("tool", "uv"))

    def _pdm_groups(self) -> Iterator[Wanted]:
        for group, items in self._table("tool", "pdm", "dev-dependencies").items():
            yield from self._listed(items, group, ("tool", "pdm", "dev-dependencies"))

    def _listed(self, items: object, group: str, key: KeyPath) -> Iterator[Wanted]:
        here = (*key, "dev-dependencies") if key == ("tool", "uv") else (*key, group)
        for index, text in enumerate(items if isinstance(items, list) else ()):
            written = self._places.written((*here, index))
            try:
                requirement = Requirement(str(text))
            except InvalidRequirement:
                self._declared.error(f"`{plain(str(text))}` is no requirement (PEP 508): mend it first", written)
                continue
            if requirement.url:
                self._declared.error(f"`{plain(str(text))}` is an address: declare it in a group yourself", written)
                continue
            yield Wanted(
                requirement.name,
                written,
                shown(requirement.specifier),
                tuple(sorted(requirement.extras)),
                str(requirement.marker) if requirement.marker else None,
                group=normalize_name(group),
                comment=self._places.comment((*here, index)),
            )

    def _speak_of_tools(self) -> None:
        environments = self._table("tool", "hatch", "envs")
        for name, environment in environments.items():
            if isinstance(environment, dict) and (
                environment.get("dependencies") or environment.get("extra-dependencies")
            ):
                self._declared.note(
                    f"the dependencies of the Hatch environment `{plain(name)}` stay where they are: make a group of "
                    "them if Poetry is to install them",
                    self._places.written(("tool", "hatch", "envs", name)),
                )
        for key in ("constraint-dependencies", "override-dependencies", "workspace", "index-url", "extra-index-url"):
            if self._table("tool", "uv").get(key):
                self._declared.note(
                    f"`tool.uv.{key}` is only for uv, and Poetry does not read it: say it in [tool.poetry]",
                    self._places.written(("tool", "uv", key)),
                )


def _included(name: str, base: str) -> dict[str, str]:
    return {"include": name, "from": base} if base else {"include": name}


def _has_hooks(build: Mapping[str, Any]) -> bool:
    if build.get("hooks"):
        return True
    targets = build.get("targets")
    several = targets.values() if isinstance(targets, dict) else ()
    return any(isinstance(target, dict) and target.get("hooks") for target in several)
