"""From pip, pip-tools, setuptools, Pipenv and older Poetry to a Poetry project: sources in, a plan out, and a proof."""
