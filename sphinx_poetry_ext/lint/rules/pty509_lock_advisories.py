"""PTY509 lock-advisories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection, NotChecked
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import constraints
from sphinx_poetry_ext.project.model import LockedPackage

if TYPE_CHECKING:
    from poetry.core.constraints.version import Version

    from sphinx_poetry_ext.lint.advisories import Audited, Vulnerability

_HASH = "sha256:2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5"
_LOCK = (
    '[[package]]\nname = "requests"\nversion = "{0}"\npython-versions = ">=3.8"\n'
    'files = [\n    {{file = "requests-{0}.tar.gz", hash = "' + _HASH + '"}},\n]\n'
)
_AUDIT = (
    '{"dependencies": [{"name": "requests", "version": "2.31.0", "vulns": [{"id": "GHSA-9wx4-h78v-vm56", '
    '"aliases": ["CVE-2024-35195"], "fix_versions": ["2.32.0"]}]}, {"name": "requests", "version": "2.32.4", '
    '"vulns": []}], "fixes": []}'
)
_MOST = 5


class LockAdvisories(Rule):
    """A locked version has a known vulnerability, or was yanked, by a file that pip-audit wrote.

    The file is named in the call, ``--advisories audit.json``; nothing is looked up over the network. Write it with
    ``pip-audit --format json --output audit.json`` over an export of the lock. To an entry may be added the key
    ``yanked``, ``true`` or the reason. ``poetry update`` with the package's name takes the newest version that
    pyproject.toml allows; where it does not allow one that mends it, raise its upper bound first. Locked packages that
    the file does not name, or that pip-audit could not look at, count as not checked.
    """

    code = "PTY509"
    name = "lock-advisories"
    level = Level.warning
    on_given = "advisories"
    needs = frozenset({"lock", "advisories"})
    examples = (
        Example(
            bad=_LOCK.format("2.31.0"),
            good=_LOCK.format("2.32.4"),
            file="poetry.lock",
            beside={"pyproject.toml": '[tool.poetry.dependencies]\nrequests = ">=2.31,<3.0"\n'},
            given={"advisories": _AUDIT},
        ),
    )
    ignore_when = (
        "For an advisory that does not touch the way you use the package: name it and the reason in the comment."
    )
    see_also = ("https://github.com/pypa/pip-audit",)

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Compare every locked package with what the file says of its version."""
        from sphinx_poetry_ext.lint.advisories import read_advisories

        path = inspection.given.advisories
        assert path is not None
        advisories = read_advisories(path)
        unknown: list[str] = []
        for package in inspection.lock.packages:
            if package.origin is not None and package.origin.kind == "path":
                continue  # a part of this very repository, of which no index knows
            entries = [entry for entry in advisories.get(package.canonical_name, ()) if _speaks_of(entry, package)]
            if not any(entry.skip_reason is None for entry in entries):
                reason = next((entry.skip_reason for entry in entries if entry.skip_reason), None)
                unknown.append(f"{package.name} {package.version}" + (f" ({reason})" if reason else ""))
            if message := _message(package, entries):
                yield self.at(inspection.in_lock(("package", package.position, "version")), message)
        if unknown:
            more = f" and {len(unknown) - _MOST} more" if len(unknown) > _MOST else ""
            raise NotChecked(f"{path.name} says nothing of {', '.join(unknown[:_MOST])}{more}")


def _speaks_of(entry: Audited, package: LockedPackage) -> bool:
    if entry.version is None:
        return entry.skip_reason is not None
    if entry.version == package.version:
        return True
    audited, locked = constraints.version(entry.version), constraints.version(package.version)
    # By PEP 440 a version without a local part means those with one, too.
    return audited is not None and locked is not None and audited in {locked, locked.without_local()}


def _message(package: LockedPackage, entries: Sequence[Audited]) -> str | None:
    found = tuple({one.id: one for entry in entries for one in entry.vulnerabilities}.values())
    parts = []
    mend = f"run `poetry update {package.name}`"
    if found:
        names = ", ".join(map(_name, found))
        parts.append(f"has {'known vulnerabilities' if len(found) > 1 else 'a known vulnerability'}, {names}")
        without = [one.id for one in found if not one.fix_versions]
        if without:
            mend = f"no release mends {', '.join(without)} yet, so watch for one or do without the package"
        elif fixing := _fixing(package.version, found):
            mend = f"{mend} to get to {' or '.join(fixing)}"
    if any(entry.yanked for entry in entries):
        reason = next((entry.yanked_reason for entry in entries if entry.yanked_reason), "")
        parts.append("was yanked" + (f" ({reason})" if reason else ""))
    return f"{package.name} {package.version} {' and '.join(parts)}: {mend}" if parts else None


def _name(vulnerability: Vulnerability) -> str:
    aliases = [alias for alias in vulnerability.aliases if alias.startswith("CVE-") and alias != vulnerability.id]
    return f"{vulnerability.id} ({', '.join(aliases)})" if aliases else vulnerability.id


def _fixing(locked: str, vulnerabilities: Iterable[Vulnerability]) -> list[str]:
    """The versions that mend all of *vulnerabilities*, as far as their ``fix_versions`` tell, the lowest first."""
    fixes = [_versions(one.fix_versions) for one in vulnerabilities]
    current = constraints.version(locked)
    candidates = sorted({version for versions in fixes for version in versions})
    return [
        version.text
        for version in candidates
        if (current is None or version > current) and all(_mends(version, versions) for versions in fixes)
    ][:3]


def _versions(texts: Iterable[str]) -> list[Version]:
    return sorted(version for text in texts if (version := constraints.version(text)) is not None)


def _mends(version: Version, fixes: Sequence[Version]) -> bool:
    """Whether *version* has the fix that came out as *fixes*, one for each line of releases that is kept up."""
    before = [fix for fix in fixes if fix <= version]
    after = [fix for fix in fixes if fix > version]
    if not before or not after:
        return bool(before)
    return _in_common(version, before[-1]) > _in_common(version, after[0])


def _in_common(one: Version, other: Version) -> int:
    """How many parts of their releases are the same, from the first on."""
    pairs = enumerate(zip(one.parts, other.parts, strict=False))
    return next((index for index, (first, second) in pairs if first != second), min(len(one.parts), len(other.parts)))
