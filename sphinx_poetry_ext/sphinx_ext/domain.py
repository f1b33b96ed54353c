"""The domain ``poetry``: roles, rules as objects, and what every page was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.rule import rule_url
from sphinx_poetry_ext.lint.rules import RULES
from sphinx_poetry_ext.project import git
from sphinx_poetry_ext.sphinx_ext import installed
from sphinx_poetry_ext.sphinx_ext.projects import Fingerprint, fingerprint, revisions, state
from sphinx_poetry_ext.sphinx_ext.warnings import Warned

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)


class RuleObject(NamedTuple):
    """Where a rule is documented in this set of pages."""

    docname: str
    anchor: str


class RuleRole(XRefRole):
    """A link to a rule, which may be named by its code or its name; inventories have codes."""

    def process_link(
        self, env: BuildEnvironment, refnode: Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """The title as it was written, the target as a code."""
        return title, code_of(target)


class PoetryDomain(Domain):
    """Everything of the extension that is remembered between builds."""

    name = "poetry"
    label = "Poetry"
    roles: ClassVar[dict[str, Any]] = {"rule": RuleRole()}
    object_types: ClassVar[dict[str, ObjType]] = {"rule": ObjType("rule", "rule")}
    initial_data: ClassVar[dict[str, Any]] = {"rules": {}, "inputs": {}, "findings": {}}
    data_version = 2
    confdir: Path
    """The folder of conf.py; set at the start of every build."""

    # -- what the pages are made from ---------------------------------------------------------------------------------

    @property
    def rules(self) -> dict[str, dict[str, str]]:
        """By code: the pages that document the rule, each with the anchor there."""
        rules: dict[str, dict[str, str]] = self.data["rules"]
        return rules

    @property
    def inputs(self) -> dict[str, dict[str, Fingerprint]]:
        """By page: the files that it shows, each as it was when the page was read."""
        inputs: dict[str, dict[str, Fingerprint]] = self.data["inputs"]
        return inputs

    @property
    def findings(self) -> dict[str, tuple[Finding, ...]]:
        """By page: what it shows and the build has to warn of."""
        findings: dict[str, tuple[Finding, ...]] = self.data["findings"]
        return findings

    def note_inputs(self, docname: str, paths: Iterable[Path]) -> None:
        """Remember that *docname* shows *paths*; a change of one of them, or its coming or going, rebuilds the page.

        Not by Sphinx's own dependencies, which know modification times alone, and take a file that is not there for
        one that has changed.
        """
        seen = self.inputs.setdefault(docname, {})
        for path in paths:
            seen[str(path.absolute())] = fingerprint(path)

    def note_revisions(self, docname: str, folder: Path, start: str | None, end: str | None) -> None:
        """Remember that *docname* shows what lies between two revisions; it is rebuilt when they mean other commits."""
        key = revisions(folder, start, end)
        self.inputs.setdefault(docname, {})[key] = state(key)

    def note_installed(self, docname: str, facts: Iterable[tuple[str, str]]) -> None:
        """Remember that *docname* shows *facts* of installed distributions: which fact, and the canonical name."""
        seen = self.inputs.setdefault(docname, {})
        for key in filter(None, (installed.key(fact, name) for fact, name in sorted(facts))):
            seen[key] = installed.state(key)

    def note_findings(self, docname: str, findings: Iterable[Finding]) -> None:
        """Remember what *docname* shows, without the fixes: their text is that of the file, secrets and all."""
        findings = (finding._replace(fix=None) for finding in findings)
        self.findings[docname] = (*self.findings.get(docname, ()), *findings)

    def note_rule(self, code: str, docname: str, anchor: str) -> None:
        """Remember where a rule is documented."""
        self.rules.setdefault(code, {})[docname] = anchor

    def outdated(self) -> list[str]:
        """The pages of which a file has changed, come or gone."""
        installed.forget()
        now = {path: _state(path) for path in {path for seen in self.inputs.values() for path in seen}}
        return [
            docname for docname, seen in self.inputs.items() if any(now[path] != known for path, known in seen.items())
        ]

    def warn(self, threshold: str) -> None:
        """Give every finding of *threshold* and above as a warning of the build, each once."""
        if threshold == "never":
            return
        findings = {finding: None for shown in self.findings.values() for finding in shown}
        for finding in sorted(findings, key=lambda finding: finding.sort_key):
            if finding.level >= Level[threshold]:
                location = f"{finding.place.path}:{finding.place.line}"
                logger.warning(
                    "%s", f"{finding.name}: {finding.message}", type="poetry", subtype=finding.code, location=location
                )

    # -- Domain -------------------------------------------------------------------------------------------------------

    def clear_doc(self, docname: str) -> None:
        """Forget what *docname* had."""
        self.inputs.pop(docname, None)
        self.findings.pop(docname, None)
        for code, pages in list(self.rules.items()):
            pages.pop(docname, None)
            if not pages:
                del self.rules[code]

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read of *docnames*."""
        for docname in docnames:
            for kind in ("inputs", "findings"):
                if docname in otherdata[kind]:
                    self.data[kind][docname] = otherdata[kind][docname]
        for code, pages in otherdata["rules"].items():
            for docname in pages.keys() & docnames:
                self.note_rule(code, docname, pages[docname])

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """The rules, for the inventory and the search."""
        names = {rule.code: rule.name for rule in RULES}
        for code, pages in sorted(self.rules.items()):
            rule = _first(pages)
            yield code, f"{code} {names.get(code, '')}".strip(), "rule", rule.docname, rule.anchor, 1

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to a rule that these pages document."""
        code = code_of(target)
        if typ != "rule" or code not in self.rules:
            return None
        rule = _first(self.rules[code])
        return make_refnode(builder, fromdocname, rule.docname, rule.anchor, contnode, _title(code))

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """The same for the role ``any``."""
        found = self.resolve_xref(env, fromdocname, builder, "rule", target, node, contnode)
        return [] if found is None else [("poetry:rule", found)]


def _state(key: str) -> Fingerprint:
    return installed.state(key) if key.startswith(installed.PREFIX) else state(key)


def _first(pages: Mapping[str, str]) -> RuleObject:
    """Of several pages always the same one, in whatever order they were read."""
    return min(RuleObject(*page) for page in pages.items())


def code_of(target: str) -> str:
    """The code of a rule that is named by code or by name; *target* itself when there is none."""
    return next((rule.code for rule in RULES if target.strip() in {rule.code, rule.name}), target)


def _title(code: str) -> str:
    return next((f"{rule.code} {rule.name}" for rule in RULES if rule.code == code), code)


def resolve_outside(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element) -> nodes.Node | None:
    """Link a rule that neither these pages nor an intersphinx inventory have to the published documentation."""
    if node.get("refdomain") != "poetry" or node.get("reftype") != "rule":
        return None
    code = code_of(node["reftarget"])
    if all(rule.code != code for rule in RULES):
        message = "there is no rule %r: see the list of rules at %s"
        where = rule_url("index")
        logger.warning(message, node["reftarget"], where, location=node, type="poetry", subtype=Warned.rule.value)
        return contnode
    return nodes.reference("", "", contnode, refuri=rule_url(code), reftitle=_title(code), internal=False)


def note_confdir(app: Sphinx) -> None:
    """For ``builder-inited``."""
    domain = app.env.get_domain("poetry")
    assert isinstance(domain, PoetryDomain)
    domain.confdir = Path(app.confdir)


def forget_revisions(app: Sphinx) -> None:
    """For ``builder-inited``: what a branch or a tag means is asked once for each build."""
    git.forget()


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """For ``env-get-outdated``."""
    domain = env.get_domain("poetry")
    assert isinstance(domain, PoetryDomain)
    return domain.outdated()


def warn_of_findings(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """For ``env-updated``, which comes once in every build, after all pages are read and merged."""
    domain = env.get_domain("poetry")
    assert isinstance(domain, PoetryDomain)
    domain.warn(app.config.poetry_lint_warnings)
    return []
