"""One project as data. Start at `load`; the shapes are in `model`."""

from sphinx_poetry_ext.project.loading import LockState, Project, load, with_pyproject

__all__ = ["LockState", "Project", "load", "with_pyproject"]
