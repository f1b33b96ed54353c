"""What happens while the images of a project are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_poetry_ext.lint.inspection import Inspection

if TYPE_CHECKING:
    from sphinx_poetry_ext.lint.images.history import Build


def builds_of(inspection: Inspection) -> tuple[Build, ...]:
    """What happens while the image of each Dockerfile is built."""
    return inspection.once(_read_builds)


def _read_builds(inspection: Inspection) -> tuple[Build, ...]:
    # Whoever has no Dockerfile need not load what reads them.
    from sphinx_poetry_ext.lint.images.walk import read_build

    return tuple(
        read_build(image, inspection.folder.read(image.path.name) or b"", inspection.virtualenvs_create)
        for image in inspection.dockerfiles
    )
