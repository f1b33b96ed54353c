"""Words as Docker and the shell write them: quotes, and variables whose values depend on where one stands.

A word is kept as written, quotes removed: ``$NAME`` and ``${NAME}`` become ``${NAME}``, a dollar sign that means itself
becomes ``$$``. `resolve` turns such a word into text for given variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_OPENED = 4
"""How deep one word or script may hold another."""
_MAX_VALUE = 8 * 1024

_SPECIAL = re.compile(r"[\"'`$\\]")
_EXPANSION = re.compile(r"\$\{(\w+)(?:(:?[-+?])(.*))?\}", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_]\w*|[0-9@*#?!-]")


def substitute(word: str, values: Mapping[str, str]) -> str:
    """*word* with the variables in *values* replaced; others stay as they are, and so does a word grown too long."""
    result = _substitute(word, values, 0)
    return result if len(result) <= _MAX_VALUE else word


def resolve(word: str, values: Mapping[str, str]) -> str | None:
    """*word* as the text it stands for, ``None`` when it needs a variable (or a command's output) that is not known."""
    result = substitute(word, values)
    return None if "$" in result.replace("$$", "") else result.replace("$$", "$")


def _substitute(word: str, values: Mapping[str, str], depth: int) -> str:
    parts: list[str] = []
    start = 0
    while (dollar := word.find("$", start)) >= 0:
        parts.append(word[start:dollar])
        following = word[dollar + 1 : dollar + 2]
        start = _closing(word, dollar + 1) if following in {"{", "("} else dollar + 2
        text = word[dollar:start]
        parts.append(_expanded(text, values, depth) if following == "{" else text)
    return "".join(parts) + word[start:]


def _expanded(expansion: str, values: Mapping[str, str], depth: int) -> str:
    match = _EXPANSION.fullmatch(expansion)
    if match is None or match[1] not in values or depth > MAX_OPENED:
        return expansion
    value, operator = values[match[1]], match[2]
    if operator is None or operator.endswith("?"):
        return value
    if "$" in value.replace("$$", ""):
        return expansion
    is_set = bool(value) or not operator.startswith(":")
    if operator.endswith("-") and is_set:
        return value
    if operator.endswith("+") and not is_set:
        return ""
    return _substitute(unquote(match[3]), values, depth + 1)


def _closing(text: str, start: int) -> int:
    """The index behind the bracket that closes the one at *start*, or the end of the text."""
    opening = text[start]
    closing = {"{": "}", "(": ")"}[opening]
    depth = 0
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index + 1
    return len(text)


def unquote(text: str, *, escape: str = "\\", script: bool = False) -> str:
    """Shell text without its quotes: as a word, or as a script that a shell is to read, every line where it was."""
    if not _SPECIAL.search(text):
        return text
    dollar, continuation = ("$", "\\\n") if script else ("$$", "")
    parts: list[str] = []
    index, quoted = 0, False
    while index < len(text):
        character, following = text[index], text[index + 1 : index + 2]
        if character == '"':
            quoted = not quoted
            index += 1
        elif character == "'" and not quoted:
            end = text.find("'", index + 1)
            end = len(text) if end < 0 else end
            parts.append(text[index + 1 : end].replace("$", dollar))
            index = end + 1
        elif character == "\\" and following == "\n":
            parts.append(continuation)
            index += 2
        elif character == escape and following and (not quoted or following in f'"$`{escape}'):
            parts.append(dollar if following == "$" else following)
            index += 2
        elif character == "`" and escape != "`":
            end = text.find("`", index + 1)
            end = len(text) if end < 0 else end
            parts.append(f"$({text[index + 1 : end]})")
            index = end + 1
        elif character == "$" and following in {"{", "("}:
            end = _closing(text, index + 1)
            parts.append(text[index:end])
            index = end
        elif character == "$" and (name := _VARIABLE.match(text, index + 1)):
            parts.append(f"${{{name[0]}}}")
            index = name.end()
        else:
            # `$"…"` and `$'…'` are quotes too.
            if character != "$" or quoted or following not in {"'", '"'}:
                parts.append(dollar if character == "$" else character)
            index += 1
    return "".join(parts)


def literal(text: str) -> str:
    """A word that means *text* itself, dollar signs and all."""
    return text.replace("$", "$$")
