"""The packages with which the guide's commands are run: small, made up, and never published anywhere.

The tutorial alone names packages that exist, since its readers install them; what stands in for them here has the name,
the releases and the requirements of the real one, and does the little that the tutorial needs.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from importlib.metadata import distribution

from loopback import Wheel, record_hash


class Installed(Wheel):
    """A release that is installed beside the tests, packed again: what builds a package has to be real."""

    @classmethod
    def of(cls, name: str) -> Installed:
        """The installed release of *name*."""
        return cls(name, distribution(name).version)

    def metadata(self) -> bytes:
        """The core metadata, as it is."""
        return (distribution(self.name).read_text("METADATA") or "").encode()

    def data(self) -> bytes:
        """The same bytes each time."""
        return _packed(self.name)


@cache
def _packed(name: str) -> bytes:
    own = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
    found = [file for file in distribution(name).files or () if file.name not in own and file.suffix != ".pyc"]
    files = {file.as_posix(): file.locate().read_bytes() for file in found if not file.as_posix().startswith("..")}
    info = next(path for path in files if path.endswith(".dist-info/METADATA")).removesuffix("METADATA")
    record = "".join(f"{path},{record_hash(content)},{len(content)}\n" for path, content in files.items())
    files[f"{info}RECORD"] = f"{record}{info}RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


PUBLIC = (
    # One package with several releases, for everything about versions.
    *(Wheel("aardvark", version) for version in ("1.2.0", "1.2.1", "1.3.0", "2.0.0", "2.1.0")),
    # Two that agree on an aardvark 1, and one that wants 2.
    Wheel("badger", "1.0.0", ("aardvark>=1.2,<2.0",)),
    Wheel("badger", "1.1.0", ("aardvark>=1.2,<3.0",)),
    Wheel("capybara", "3.4.0", ("aardvark<2.0", "dormouse>=0.4")),
    Wheel("capybara", "3.5.0", ("aardvark<2.0", "dormouse>=0.4")),
    Wheel("elephant", "2.0.0", ("aardvark>=2.0,<3.0",)),
    # What only others ask for.
    *(Wheel("dormouse", version) for version in ("0.4.0", "0.4.1", "0.5.0")),
    # Extras, and a Python that it does not support.
    Wheel("ferret", "1.0.0", ("dormouse>=0.4; extra == 'tunnel'",), extras=("tunnel",)),
    Wheel("gecko", "4.0.0", python=">=3.9"),
    Wheel("gecko", "5.0.0", python=">=3.14"),
    # One with a release candidate, and one that a second index has in builds of its own.
    Wheel("kiwi", "1.4.0"),
    Wheel("kiwi", "2.0.0rc1"),
    Wheel("lemur", "2.7.0"),
    Wheel("numbat", "1.0.0", python=">=3.9,<4.0"),
    # For the groups dev and docs.
    Wheel("hedgehog", "7.1.0"),
    Wheel("hedgehog", "8.0.0"),
    Wheel("ibis", "0.9.0"),
    # Path and git dependencies are built, and built packages ask for it.
    Installed.of("poetry-core"),
    # A search that is long: only the oldest of many releases fits an aardvark 1.
    Wheel("jackal", "1.0.0", ("aardvark>=1.2,<2.0",)),
    *(Wheel("jackal", f"1.{minor}.0", ("aardvark>=2.0,<3.0",)) for minor in range(1, 20)),
)
PRIVATE = (
    Wheel("acme-auth", "1.4.0", ("aardvark>=1.2,<3.0",)),
    Wheel("acme-auth", "1.5.0", ("aardvark>=1.2,<3.0",)),
    Wheel("acme-reports", "2.0.0"),
    Wheel("lemur", "2.7.0+cpu"),
)
_SLUGIFY = """\
import re


def slugify(text):
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")
"""
PUBLIC += (
    *(
        Wheel(
            "python-slugify",
            version,
            ("text-unidecode>=1.3", "Unidecode>=1.1.1; extra == 'unidecode'"),
            python=">=3.7",
            extras=("unidecode",),
            summary="A Python slugify application that also handles Unicode",
            modules=(("slugify/__init__.py", _SLUGIFY),),
        )
        for version in ("8.0.1", "8.0.4", "9.2.0")
    ),
    Wheel("text-unidecode", "1.3", summary="The most basic Text::Unidecode port"),
    *(Wheel("pyflakes", version, summary="passive checker of Python programs") for version in ("3.1.0", "3.4.0")),
)
