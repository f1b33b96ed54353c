"""PTY207 authors."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx_poetry_ext.lint.finding import Finding, Level
from sphinx_poetry_ext.lint.inspection import Inspection
from sphinx_poetry_ext.lint.metadata import Field, field, may_not_miss
from sphinx_poetry_ext.lint.rule import Example, Rule
from sphinx_poetry_ext.project.typed import describe

# What `poetry init`, `poetry new` and the usual templates write, without blanks, dots, `-`, `_` and `'`.
_NAMES = frozenset(
    {"yourname", "yourfullname", "yournamehere", "name", "fullname", "author", "authorname", "authorsname", "myname"}
    | {"firstlast", "firstnamelastname", "firstlastname", "namesurname", "todo", "fixme", "tbd", "xxx", "changeme"}
)
_USERS = frozenset(
    {"you", "your", "yourname", "youremail", "youremailaddress", "yourmail", "youraddress"}
    | {"firstnamelastname", "firstlast", "changeme", "todo", "fixme"}
)
_GENERIC_USERS = frozenset({"author", "authorname", "authoremail", "email", "mail", "name", "me", "user", "username"})
_NOBODYS_HOSTS = frozenset({"example.com", "example.org", "example.net", "email.com", "domain.com", "mail.com"})


class Authors(Rule):
    """The authors are missing, empty, what a template left there, or malformed.

    They tell a reader whom to ask. Poetry's own table holds strings, ``"Jane Doe <jane@acme.dev>"`` or only the name;
    ``[project]`` holds tables, ``{name = "Jane Doe", email = "jane@acme.dev"}``. Maintainers are looked at in the same
    way, and one who is named is enough. A project that is no package (``package-mode = false``) need not name anyone.
    """

    code = "PTY207"
    name = "authors"
    level = Level.warning
    examples = (
        Example(
            bad='[tool.poetry]\nauthors = ["Your Name <you@example.com>"]\n',
            good='[tool.poetry]\nauthors = ["Jane Doe <jane@acme.dev>"]\n',
        ),
        Example(
            bad='[project]\nauthors = ["Jane Doe <jane@acme.dev>"]\n',
            good='[project]\nauthors = [{name = "Jane Doe", email = "jane@acme.dev"}]\n',
        ),
    )
    ignore_when = "In a project that nobody else ever sees."
    see_also = (
        "https://python-poetry.org/docs/pyproject/#authors",
        "https://packaging.python.org/en/latest/specifications/pyproject-toml/#authors-maintainers",
    )

    def check(self, inspection: Inspection) -> Iterator[Finding]:
        """Look at the authors that count, and at the maintainers."""
        authors, maintainers = field(inspection, "authors"), field(inspection, "maintainers")
        if authors.value in (None, []) and not maintainers.value and may_not_miss(inspection, "authors"):
            like = f"`authors = [{_form(authors)}]`"
            message = f"there are no authors: add {like} to {authors.table}"
            if authors.value is not None:
                message = f"nobody is named as author: write {like}"
            yield self.at(inspection.in_pyproject(authors.key), message)
        for people in (authors, maintainers):
            if isinstance(people.value, list):
                for index, person in enumerate(people.value):
                    one = Field(person, (*people.key, index))
                    if (fault := _fault(one)) is not None:
                        yield self.at(inspection.in_pyproject(one.key), fault)
            elif people.value is not None:
                message = (
                    f"`{people.key[-1]}` must be an array, not {describe(people.value)}: write `[{_form(people)}]`"
                )
                yield self.at(inspection.in_pyproject(people.key), message)


def _form(people: Field) -> str:
    """How a person is written in that table."""
    return '{name = "Jane Doe", email = "jane@acme.dev"}' if people.in_project else '"Jane Doe <jane@acme.dev>"'


def _fault(person: Field) -> str | None:
    """What is wrong with one author, ``None`` where nothing is."""
    value = person.value
    mend = f"write `{_form(person)}`"
    if person.in_project:
        if not isinstance(value, dict):
            return f"an author in [project] is a table, not {describe(value)}: {mend}"
        if unknown := sorted(set(value) - {"name", "email"}):
            return f"an author has a name and an email, not `{unknown[0]}`: {mend}"
        if not value or not all(isinstance(part, str) and part.strip() for part in value.values()):
            return f"an author has a name, an email, or both, as strings that are not empty: {mend}"
        name, email = value.get("name", ""), value.get("email", "")
        shown = f"{name} <{email}>" if name and email else name or email
    else:
        if not isinstance(value, str):
            return f"an author in [tool.poetry] is a string, not {describe(value)}: {mend}"
        parts = split_author(value)
        if parts is None:
            return f"`{value}` is no author that Poetry can read: {mend}"
        name, email = parts
        shown = value
    if _is_placeholder(name, email):
        return f"`{shown}` is a template's placeholder: name whoever answers for the package"
    if email and not (_looks_like_email(email) and ("." in email.partition("@")[2] or not person.in_project)):
        return f"`{email}` is no e-mail address: {mend}, or only the name"
    if not email and "@" in name and _looks_like_email(name) and not person.in_project:
        return f"`{name}` is an e-mail address without a name: {mend}"
    return None


def split_author(text: str) -> tuple[str, str] | None:
    """Name and e-mail (``""`` where there is none) of Poetry's ``Name <email>``; ``None`` for what Poetry refuses."""
    if "<" not in text and ">" not in text:
        return (text, "") if text else None
    name, opening, rest = text.partition(" <")
    if not name or not opening or "<" in name or ">" in name or not rest.endswith(">") or len(rest) < 2:
        return None
    return name, rest[:-1]


def _looks_like_email(text: str) -> bool:
    user, at, host = text.partition("@")
    return bool(user and at and host) and not any(char.isspace() or char in "<>@" for char in user + host)


def _is_placeholder(name: str, email: str) -> bool:
    if "{{" in name or "{{" in email or _letters(name) in _NAMES:
        return True
    user, _, host = email.lower().partition("@")
    user = _letters(user)
    return user in _USERS or (user in _GENERIC_USERS and host in _NOBODYS_HOSTS)


def _letters(text: str) -> str:
    text = text.lower()
    for char in " .-_'’<>[]":
        text = text.replace(char, "")
    return text
