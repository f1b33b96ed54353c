"""PTY303 python-end-of-life."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project import pythons
from sphinx_poetry_ext.project.pythons import END_OF_LIFE


class PythonEndOfLife(Rule):
    """The project admits a Python that has had no security fixes for more than a year.

    Every package has to be found in a version that still runs on it, so such a Python holds back what is locked for all
    the others. Begin at one that is still looked after. How many days after its end of life a Python may still be
    admitted is the setting ``eol-grace-days``. The dates are those of the Python developer's guide; the day by which
    they are judged is today, or that of the variable SOURCE_DATE_EPOCH.
    """

    code = "PTY303"
    name = "python-end-of-life"
    level = Level.warning
    options = ("eol-grace-days",)
    examples = (
        Example(
            bad='[tool.poetry.dependencies]\npython = ">=3.7,<4.0"\n',
            good='[tool.poetry.dependencies]\npython = ">=3.11,<4.0"\n',
        ),
        Example(
            bad='[project]\nrequires-python = ">=3.8"\n',
            good='[project]\nrequires-python = ">=3.11"\n',
        ),
    )
    ignore_when = (
        "When you support a Python of a distribution that mends it for longer than the Python project does: "
        "raise `eol-grace-days`."
    )
    see_also = ("https://devguide.python.org/versions/", "https://peps.python.org/pep-0602/")

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Judge what counts for an installer: ``requires-python`` where it is there."""
        if not inspection.pyproject.python:
            return
        requirement = inspection.pyproject.python[0]
        text = requirement.constraint
        if pythons.admits_everything(text):
            return  # PTY305 says so
        today = pythons.judged_on()
        limit = pythons.judged_on(days_before=inspection.settings.eol_grace_days)
        admitted = pythons.admitted(text) or ()
        oldest = next((python for python in admitted if END_OF_LIFE[python] < limit), None)
        if oldest is None:
            return
        supported = next((python for python in pythons.KNOWN[1:] if END_OF_LIFE[python] >= today), None)
        if supported is None:
            mend = "begin at one that is still supported"
        elif supported not in admitted:
            mend = f"the lowest that is still supported is {pythons.shown(supported)}, which it does not admit"
        else:
            new = pythons.beginning_at(text, supported)
            mend = f"the lowest that is still supported is {pythons.shown(supported)}, " + (
                f"write `{new}`" if new else "begin there"
            )
        age = f"which has had no fixes since {END_OF_LIFE[oldest]}"
        message = f"`{text}` admits Python {pythons.shown(oldest)}, {age}: {mend}"
        yield self.at(inspection.in_pyproject(requirement.key), message)
