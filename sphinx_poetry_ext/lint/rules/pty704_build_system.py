"""PTY704 build-system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sphinx_poetry_ext.lint.edits import edit_string
from sphinx_poetry_ext.lint.finding import Edit, Finding, Fix, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import insert_after, line_end
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints, pep508, plain_constraints
from sphinx_poetry_ext.project.model import KeyPath, normalize_name
from sphinx_poetry_ext.project.typed import describe

_BACKEND = "poetry.core.masonry.api"
_OLD_BACKEND = "poetry.masonry."
_WRAPPER = "poetry_dynamic_versioning.backend"
_WRAPPER_PACKAGE = "poetry-dynamic-versioning"
_RANGE = ">=2.0.0,<3.0.0"
_CORE = f"poetry-core{_RANGE}"
_FIRST_WITH_PROJECT = "2.0.0"
_FIRST_WITH_LICENCE_FILES = "2.2.0"
# Other backends, by the first part of their module, and the package that has it. All of them read [project].
_OTHERS = {
    "setuptools": "setuptools",
    "hatchling": "hatchling",
    "flit_core": "flit-core",
    "pdm": "pdm-backend",
    "maturin": "maturin",
    "uv_build": "uv-build",
    "scikit_build_core": "scikit-build-core",
    "mesonpy": "meson-python",
}
_OTHERS_PACKAGES = {"pdm": frozenset({"pdm-backend", "pdm-pep517"}), "uv_build": frozenset({"uv-build", "uv"})}
_KEY: KeyPath = ("build-system",)
_BACKEND_KEY: KeyPath = ("build-system", "build-backend")
_REQUIRES_KEY: KeyPath = ("build-system", "requires")


class _Required(NamedTuple):
    """One string of ``build-system.requires``."""

    at: int
    text: str
    name: str
    constraint: str | None
    offset: int
    is_url: bool

    @property
    def key(self) -> KeyPath:
        return (*_REQUIRES_KEY, self.at)


class BuildSystem(Rule):
    """``[build-system]`` is missing, or does not name a backend that can build the project.

    pip, uv and every other installer build a package with what stands there, not with the Poetry on somebody's machine.
    Without it they take setuptools, which does not read ``[tool.poetry]``. ``poetry.masonry.api`` was the backend of
    Poetry before 1.1 and needs all of Poetry. The package of the backend must be in ``requires``. poetry-core without
    an upper bound takes the next major release on the day when it comes out, old releases of the package included, and
    one below 2.0 cannot read ``[project]``. The fix is unsafe, since poetry-core 2 needs Python 3.9 to build.

    A project that is no package (``package-mode = false``) is never built and needs none.
    """

    code = "PTY704"
    name = "build-system"
    level = Level.warning
    fixable = "unsafe"
    examples = (
        Example(
            bad='[build-system]\nrequires = ["poetry-core>=1.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n',
            good=(
                '[build-system]\nrequires = ["poetry-core>=2.0.0,<3.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n'
            ),
        ),
        Example(
            bad='[build-system]\nrequires = ["poetry>=0.12"]\nbuild-backend = "poetry.masonry.api"\n',
            good=(
                '[build-system]\nrequires = ["poetry-core>=2.0.0,<3.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n'
            ),
        ),
    )
    ignore_when = (
        "When another backend than Poetry's builds the package, and you have tried that it finds the metadata."
    )
    see_also = (
        "https://python-poetry.org/docs/pyproject/#poetry-and-pep-517",
        "https://packaging.python.org/en/latest/specifications/pyproject-toml/#declaring-build-system-dependencies-the-build-system-table",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the backend, then at what it requires; one finding for each, the graver first."""
        pyproject = inspection.pyproject
        if not pyproject.package_mode:
            return
        build = pyproject.data.get("build-system")
        if build is None:
            if pyproject.name is not None:
                yield self._missing(inspection)
            return
        if not isinstance(build, dict):
            return  # PTY007 says so
        backend = build.get("build-backend")
        if backend is not None and not isinstance(backend, str):
            return  # likewise
        given = build.get("requires")
        if not isinstance(given, list):
            yield self._no_requires(inspection, given)
            return
        required = []
        for index, text in enumerate(given):
            parts = pep508.split(text) if isinstance(text, str) else None
            if parts is None or parts.error:
                yield self._not_legal(inspection, index, text)
                continue
            name, is_url = normalize_name(parts.name), parts.url is not None
            required.append(_Required(index, text, name, parts.constraint, parts.constraint_offset, is_url))
        if len(required) == len(given):
            yield from self._backend(inspection, backend, required, own_path="backend-path" in build)

    # -- the table itself -------------------------------------------------------------------------------------------

    def _missing(self, inspection: Inspection) -> Finding:
        file = inspection.project.pyproject_file
        end = line_end(file.data)
        blank = (end * 2).encode()
        before = "" if file.data.endswith(blank) else end if file.data.endswith(b"\n") else end * 2
        lines = ("[build-system]", f'requires = ["{_CORE}"]', f'build-backend = "{_BACKEND}"', "")
        edit = Edit(file.path, len(file.data), len(file.data), before + end.join(lines))
        return self.at(
            inspection.in_pyproject(_KEY),
            "there is no [build-system], so installers build the package with setuptools: "
            f'add it with `requires = ["{_CORE}"]` and `build-backend = "{_BACKEND}"`',
            fix=inspection.replace_in_pyproject((edit,), safe=False),
        )

    def _no_requires(self, inspection: Inspection, given: object) -> Finding:
        place = inspection.in_pyproject(_REQUIRES_KEY)
        if given is not None:
            return self.at(place, f'`requires` must be an array such as ["{_CORE}"], not {describe(given)}')
        edit = insert_after(inspection, _BACKEND_KEY, f'requires = ["{_CORE}"]')
        backend = inspection.pyproject.build_backend or ""
        fix = inspection.replace_in_pyproject((edit,), safe=False) if edit is not None and backend == _BACKEND else None
        message = "[build-system] has no `requires`, without which it is not legal: name the package of the backend"
        return self.at(place, message, fix=fix)

    def _not_legal(self, inspection: Inspection, index: int, text: object) -> Finding:
        place = inspection.in_pyproject((*_REQUIRES_KEY, index))
        if not isinstance(text, str):
            return self.at(place, f"`requires` holds requirements as strings, not {describe(text)}")
        return self.at(place, f'`{text}` is no legal requirement, and nothing can be built: write it like "{_CORE}"')

    # -- the backend ------------------------------------------------------------------------------------------------

    def _backend(
        self, inspection: Inspection, backend: str | None, required: list[_Required], *, own_path: bool
    ) -> Iterator[Finding]:
        core = next((one for one in required if one.name == "poetry-core"), None)
        if backend is None:
            yield self._no_backend(inspection, core)
        elif backend.startswith(_OLD_BACKEND):
            yield self._old_backend(inspection, backend, required)
        elif backend in {_BACKEND, _WRAPPER} or backend.startswith("poetry.core."):
            if backend == _WRAPPER and not own_path and all(one.name != _WRAPPER_PACKAGE for one in required):
                message = f"`requires` lacks `{_WRAPPER_PACKAGE}`, which has the backend `{backend}`: add it"
                yield self.at(inspection.in_pyproject(_REQUIRES_KEY), message)
            elif core is None and not own_path:
                yield self._no_core(inspection, backend, required)
            elif core is not None:
                yield from self._core(inspection, core)
        elif not own_path:
            yield from self._other(inspection, backend, required)

    def _no_backend(self, inspection: Inspection, core: _Required | None) -> Finding:
        edit = insert_after(inspection, _REQUIRES_KEY, f'build-backend = "{_BACKEND}"') if core else None
        return self.at(
            inspection.in_pyproject(_BACKEND_KEY),
            f'[build-system] has no `build-backend`, so installers take setuptools: add `build-backend = "{_BACKEND}"`',
            fix=None if edit is None else inspection.replace_in_pyproject((edit,), safe=False),
        )

    def _old_backend(self, inspection: Inspection, backend: str, required: list[_Required]) -> Finding:
        message = f'`{backend}` was the backend of Poetry before 1.1: write `{_BACKEND}` and require "{_CORE}"'
        edits = [_replace(inspection, _BACKEND_KEY, backend, _BACKEND)]
        if not any(one.name == "poetry-core" and _has_end(one) for one in required):
            edits.append(self._require_core(inspection, required))
        return self.at(inspection.in_pyproject(_BACKEND_KEY), message, fix=_fix(inspection, edits))

    def _no_core(self, inspection: Inspection, backend: str, required: list[_Required]) -> Finding:
        if any(one.name == "poetry" for one in required):
            what = "`requires` has all of Poetry, while the backend is in poetry-core"
            mend = f'write "{_CORE}" for it'
        else:
            what = f"`requires` lacks poetry-core, which has the backend `{backend}`"
            mend = f'add "{_CORE}"'
        fix = _fix(inspection, [self._require_core(inspection, required)])
        return self.at(inspection.in_pyproject(_REQUIRES_KEY), f"{what}: {mend}", fix=fix)

    def _other(self, inspection: Inspection, backend: str, required: list[_Required]) -> Iterator[Finding]:
        module = backend.partition(":")[0].partition(".")[0]
        package = _OTHERS.get(module)
        if package is None:
            return  # one that nobody here knows
        if _leaves_metadata_unread(inspection, module):
            message = f"`{backend}` does not read [tool.poetry]: write `{_BACKEND}`, or the metadata in [project]"
            yield self.at(inspection.in_pyproject(_BACKEND_KEY), message)
        elif not any(one.name in _OTHERS_PACKAGES.get(module, {package}) for one in required):
            message = f"`requires` lacks `{package}`, which has the backend `{backend}`: add it"
            yield self.at(inspection.in_pyproject(_REQUIRES_KEY), message)

    # -- poetry-core ------------------------------------------------------------------------------------------------

    def _core(self, inspection: Inspection, core: _Required) -> Iterator[Finding]:
        if core.is_url:
            return
        if core.constraint is None:
            yield self._unbounded(inspection, core, _RANGE, _fix(inspection, [_add_range(inspection, core)]))
            return
        if _is_fine(inspection, core.constraint):
            return
        parsed = constraints.try_parse(core.constraint)
        if parsed is None or parsed.is_empty():
            return
        if reason := _too_old(inspection, core.constraint):
            new = _RANGE if _FIRST_WITH_LICENCE_FILES not in reason else f">={_FIRST_WITH_LICENCE_FILES},<3.0.0"
            fix = _fix(inspection, [_replace(inspection, core.key, core.constraint, new, core.offset)])
            message = f"`{core.text}` {reason}: write `poetry-core{new}`"
            yield self.at(inspection.in_pyproject(core.key), message, fix=fix)
        elif constraints.upper_bound(parsed) is None:
            new = _bounded(core.constraint)
            edit = _replace(inspection, core.key, core.constraint, new, core.offset)
            yield self._unbounded(inspection, core, new, _fix(inspection, [edit]))

    def _unbounded(self, inspection: Inspection, core: _Required, new: str, fix: Fix | None) -> Finding:
        message = f"`{core.text}` takes any release of poetry-core to come: write `poetry-core{new}`"
        return self.at(inspection.in_pyproject(core.key), message, fix=fix)

    @staticmethod
    def _require_core(inspection: Inspection, required: list[_Required]) -> Edit | None:
        """Put poetry-core into ``requires``: in place of Poetry or of itself, else as the first."""
        for one in required:
            if one.name in {"poetry", "poetry-core"}:
                return _replace(inspection, one.key, one.text, _CORE)
        span = inspection.project.pyproject_positions.value_span(_REQUIRES_KEY)
        if span is None:
            return None
        file = inspection.project.pyproject_file
        text = f'"{_CORE}", ' if required else f'"{_CORE}"'
        return Edit(file.path, span.start + 1, span.start + 1, text)


def _fix(inspection: Inspection, edits: list[Edit | None]) -> Fix | None:
    sure = tuple(edit for edit in edits if edit is not None)
    return inspection.replace_in_pyproject(sure, safe=False) if len(sure) == len(edits) else None


def _replace(inspection: Inspection, key: KeyPath, old: str, new: str, offset: int = 0) -> Edit | None:
    file = inspection.project.pyproject_file
    span = inspection.project.pyproject_positions.value_span(key)
    return None if span is None else edit_string(file.path, file.data, span.start, span.end, old, new, offset)


def _add_range(inspection: Inspection, core: _Required) -> Edit | None:
    name = core.text.strip().partition(";")[0].strip()
    if normalize_name(name) != "poetry-core":
        return None  # extras, which it has none of
    return _replace(inspection, core.key, core.text, core.text.replace(name, f"{name}{_RANGE}", 1))


def _is_fine(inspection: Inspection, constraint: str) -> bool:
    """A cheap look: whether it plainly has an end, and nothing that [project] needs lies outside."""
    if not plain_constraints.is_bounded(constraint):
        return False
    if not inspection.pyproject.uses_project_table:
        return True
    return plain_constraints.allows(constraint, "2.999") and not plain_constraints.allows(constraint, "1.999")


def _has_end(core: _Required) -> bool:
    parsed = constraints.try_parse(core.constraint)
    return parsed is not None and constraints.upper_bound(parsed) is not None


def _bounded(constraint: str) -> str:
    """*constraint* with an upper bound; from 2.0 on where it begins before."""
    from poetry.core.constraints.version import VersionRange

    parsed = constraints.parse(constraint)
    lowest = parsed.min if isinstance(parsed, VersionRange) else None
    if lowest is None or lowest.major < 2:
        return _RANGE
    return f"{constraint},<{lowest.major + 1}.0.0"


def _too_old(inspection: Inspection, constraint: str) -> str | None:
    """Why a poetry-core that *constraint* allows cannot read the project's metadata; ``None`` when every one can."""
    parsed = constraints.parse(constraint)
    project, poetry = inspection.table("project"), inspection.table("tool", "poetry")
    if "name" in project and not ("name" in poetry and "version" in poetry):
        older = constraints.parse(f"<{_FIRST_WITH_PROJECT}")
        if older.allows_all(parsed):
            return "cannot read [project], which needs poetry-core 2.0"
        if older.allows_any(parsed) and constraints.upper_bound(parsed) is not None:
            return "allows releases that cannot read [project], which needs poetry-core 2.0"
    if "license-files" in project and constraints.parse(f"<{_FIRST_WITH_LICENCE_FILES}").allows_all(parsed):
        return f"does not read `license-files`, which needs poetry-core {_FIRST_WITH_LICENCE_FILES}"
    return None


def _leaves_metadata_unread(inspection: Inspection, module: str) -> bool:
    """Whether the package's metadata stands in Poetry's table alone and *module* is a backend of someone else."""
    if "name" in inspection.table("project") or "name" not in inspection.table("tool", "poetry"):
        return False
    if module == "setuptools":
        return not (inspection.folder.has_file("setup.py") or inspection.folder.has_file("setup.cfg"))
    return not (module == "flit_core" and inspection.table("tool", "flit"))
