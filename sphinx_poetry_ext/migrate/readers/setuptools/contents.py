"""What a setuptools project puts into its distributions: packages, modules and the files beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sphinx_poetry_ext.lint.finding import plain
from sphinx_poetry_ext.migrate.model import Written
from sphinx_poetry_ext.migrate.readers.setuptools.located import Find, Located, Unknown, without_places
from sphinx_poetry_ext.migrate.readers.setuptools.packages import declare, find, package_data, path_of, read_manifest
from sphinx_poetry_ext.migrate.readers.setuptools.taking import Taking


def contents(project: Taking) -> None:
    """Packages, modules and data as ``packages``, ``include`` and ``exclude`` of [tool.poetry]."""
    package_dir = {}
    if (value := project.keywords.get("package_dir")) is not None:
        package_dir = {key: without_places(item) for key, item in project.table("package_dir", value).items()}
    modules = []
    if (value := project.keywords.get("py_modules")) is not None:
        modules = [item.value for item in project.texts("py_modules", value, installs=True)]
    packages: list[str] | Find | None = None
    written = project.start
    if (value := project.keywords.get("packages")) is not None and value.value is not None:
        written = value.written
        finds = [item.value for item in _items(value) if isinstance(item.value, Find)]
        inside = [one for one in finds if _is_inside(project, one.where)]
        for one in finds:
            if one not in inside:
                project.error(f"`{plain(one.where)}` leads out of the project: its packages cannot be found", written)
        if isinstance(value.value, Find):
            packages = value.value if inside else []
        else:
            packages = [name for one in inside for name in find(project.top, one)[0]]
            packages += [item.value for item in project.texts("packages", _without_finds(value), installs=True)]
    name = str(project.metadata["name"].value) if "name" in project.metadata else project.top.resolve().name
    safe_dir = {key: path for key, path in package_dir.items() if isinstance(path, str) and ".." not in path}
    contents = declare(name, packages, modules, safe_dir, top=project.top, written=written)
    unknown = any(
        isinstance(project.keywords[key].value, Unknown)
        for key in ("packages", "py_modules")
        if key in project.keywords
    )
    project.notes += [note for note in contents.notes if not unknown]
    if contents.packages:
        project.record("tool.poetry.packages", contents.packages, written)
    include = list(contents.include)
    exclude = list(contents.exclude)
    data = project.keywords.get("package_data")
    if data is not None:
        patterns = {
            key: [str(item.value) for item in project.texts("package_data", items) if isinstance(item.value, str)]
            for key, items in project.table("package_data", data).items()
        }
        include += package_data(patterns, safe_dir, contents.folders, project.top)
    left = project.keywords.get("exclude_package_data")
    if left is not None:
        for key, items in project.table("exclude_package_data", left).items():
            for item in project.texts("exclude_package_data", items):
                bases = [path_of(key, safe_dir)] if key not in {"", "*"} else contents.folders
                exclude += [f"{base}/{item.value}" for base in bases]
    manifest = project.top / "MANIFEST.in"
    if manifest.is_file():
        readme = project.metadata.get("tool.poetry.readme") or project.metadata.get("readme")
        names = [readme.value] if readme and isinstance(readme.value, str) else readme.value if readme else []
        more = read_manifest(manifest, contents.folders, [str(name) for name in names], project.top)
        project.files.append(manifest)
        project.notes += more.notes
        project.dropped += more.dropped
        include += more.include
        exclude += more.exclude
        written = Written(manifest, 1)
    if include:
        project.record("tool.poetry.include", include, written)
    if exclude:
        project.record("tool.poetry.exclude", list(dict.fromkeys(exclude)), written)


def _is_inside(project: Taking, where: str) -> bool:
    return (project.top / where).resolve().is_relative_to(project.top.resolve())


def data_files(project: Taking, keyword: str, value: Located) -> None:
    """Files outside of the package have no place in Poetry."""
    if isinstance(value.value, Unknown):
        project.unknown(keyword, value.value, value.written)
        return
    names = [
        text
        for item in (value.value if isinstance(value.value, list) else [])
        for text in _all_strings(item)
        if "." in text.rpartition("/")[2] or "/" in text
    ]
    listed = f" ({plain(', '.join(names[:6]))})" if names else ""
    if value.value:
        project.lost(
            f"`data_files`{listed} are installed outside of the package, which Poetry cannot do: put them into the "
            "package and read them with importlib.resources, or keep setuptools as the build backend",
            value.written,
        )


def _items(value: Located) -> list[Located]:
    return value.value if isinstance(value.value, list) else [value]


def _without_finds(value: Located) -> Located:
    if not isinstance(value.value, list):
        return value
    return replace(value, value=[item for item in value.value if not isinstance(item.value, Find)])


def _all_strings(value: Located) -> Iterator[str]:
    if isinstance(value.value, str):
        yield value.value
    for item in value.value if isinstance(value.value, list) else ():
        yield from _all_strings(item)
