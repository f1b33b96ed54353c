"""Findings as warnings of the build: what the pages show, each warned of once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sphinx.util import logging

from sphinx_poetry_ext.lint.finding import Finding, Level

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Findings:
    """By page: what it shows and the build has to warn of."""

    pages: dict[str, tuple[Finding, ...]]

    def note(self, docname: str, findings: Iterable[Finding]) -> None:
        """Remember what *docname* shows, without the fixes: their text is that of the file, secrets and all."""
        findings = (finding._replace(fix=None) for finding in findings)
        self.pages[docname] = (*self.pages.get(docname, ()), *findings)

    def warn(self, threshold: str) -> None:
        """Give every finding of *threshold* and above as a warning of the build, each once."""
        if threshold == "never":
            return
        findings = {finding: None for shown in self.pages.values() for finding in shown}
        for finding in sorted(findings, key=lambda finding: finding.sort_key):
            if finding.level >= Level[threshold]:
                location = f"{finding.place.path}:{finding.place.line}"
                logger.warning(
                    "%s", f"{finding.name}: {finding.message}", type="poetry", subtype=finding.code, location=location
                )
