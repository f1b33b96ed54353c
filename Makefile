# Everything that a contributor or CI runs. GNU make 3.81 or newer (macOS has 3.81), Python 3.11 or newer, nothing else.

# The Python of the project's environment, for example: make test PYTHON=python3.13
PYTHON ?= python3
# More arguments for pytest, for example: make test ARGS="-k lock"
ARGS ?=
# Not empty: measure the tests' coverage, and fail below the minimum (per cent).
COVERAGE ?=
COVERAGE_MIN ?= 95
# More arguments for sphinx-build.
SPHINXOPTS ?=
# Not empty: test-browser takes the site as it was built last, for example by docs-strict.
BUILT ?=

# The test runs must not see, and Poetry must not use, an environment that happens to be activated.
unexport VIRTUAL_ENV
unexport PYTHONHOME

BIN := .venv/bin
RUN_POETRY := .tools/poetry/bin/python tools/run_poetry.py
# Files that say "done": make compares their times, so that a second run does nothing again.
PYTHON_USED := .tools/python
POETRY_DONE := .tools/poetry/.done
SETUP_DONE := .venv/.done

.DEFAULT_GOAL := help
.PHONY: help setup docs docs-strict forget-site links test test-browser check messages pictures reusable matrix record prose new-rule lock release dist clean FORCE

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'PYTHON=python3.13 chooses another Python; test takes ARGS="…" for pytest and COVERAGE=1, docs takes SPHINXOPTS="…".'

setup: $(SETUP_DONE) ## Make the environment: Poetry in .tools/poetry, the project and its dependencies in .venv

docs: $(SETUP_DONE) ## Build the site in _build/html
	$(BIN)/sphinx-build -j auto -c . -d _build/doctrees $(SPHINXOPTS) docs _build/html
	@echo "The site is at _build/html/index.html"

docs-strict: override SPHINXOPTS += -E -W --keep-going -n ## Build the site from scratch, and fail on any warning or broken reference
docs-strict: forget-site docs

# A page that is gone from docs/ would stay, and be looked at.
forget-site:
	@rm -rf _build/html

links: $(SETUP_DONE) ## Ask every address that the site links to; fails where one is gone
	$(BIN)/sphinx-build -q -b linkcheck -c . -d _build/doctrees docs _build/links

test: $(SETUP_DONE) ## Run the tests, in several processes (ARGS="-n 0": in one)
	POETRY="$(CURDIR)/.tools/poetry/bin/poetry" $(BIN)/python -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE_MIN)) $(ARGS)

test-browser: override SPHINXOPTS += -E ## Build the site, and drive a real Chromium through it; screenshots go to _build/screenshots
test-browser: $(if $(BUILT),$(SETUP_DONE),forget-site docs)
	$(BIN)/python -m pytest -m browser --numprocesses auto --dist worksteal $(ARGS) tests/browser

check: $(SETUP_DONE) ## Lint, formatting, types, and which package may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict sphinx_poetry_ext
	$(BIN)/lint-imports

messages: $(SETUP_DONE) ## Bring the catalogues of messages up to date with the code; fails while translations are missing
	$(BIN)/python tools/messages.py

pictures: $(SETUP_DONE) ## Make the PDFs of the site's pictures, which LaTeX needs, from the SVGs; takes a Chromium
	$(BIN)/python tools/pictures.py

reusable: $(SETUP_DONE) ## Bring what other repositories take up to date: the action, the orb, the components, their examples
	$(BIN)/python tools/reusable.py

lock: $(POETRY_DONE) ## Bring poetry.lock up to date after a change in pyproject.toml
	$(RUN_POETRY) lock

release: $(SETUP_DONE) ## Prepare a release, for example: make release VERSION=1.2.0
	@$(BIN)/python tools/release.py prepare "$(VERSION)"
	@$(BIN)/python tools/reusable.py
	$(BIN)/towncrier build --yes --version "$(VERSION)"

dist: $(SETUP_DONE) ## Build the wheel and the sdist in dist/, and check what the index will show of them
	rm -rf dist
	$(RUN_POETRY) build
	$(BIN)/twine check --strict dist/*

clean: ## Remove the environments and everything that was built
	rm -rf .venv .tools _build dist .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Runs always, but changes its file only when PYTHON has become another Python.
$(PYTHON_USED): FORCE
	@mkdir -p $(@D)
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name one: make $(MAKECMDGOALS) PYTHON=…" >&2; exit 1; }
	@"$(PYTHON)" tools/check_python.py $@

$(POETRY_DONE): tools/poetry-requirements.txt $(PYTHON_USED)
	@echo "Installing Poetry into .tools/poetry"
	@"$$(head -n 1 $(PYTHON_USED))" -m venv --clear .tools/poetry
	@.tools/poetry/bin/python -m pip install --quiet --disable-pip-version-check -r tools/poetry-requirements.txt
	@touch $@

$(SETUP_DONE): pyproject.toml poetry.lock $(POETRY_DONE)
	@echo "Installing the project and its dependencies into .venv"
	@$(RUN_POETRY) env use --quiet "$$(head -n 1 $(PYTHON_USED))"
	@$(RUN_POETRY) sync --all-extras
	@touch $@

matrix: $(SETUP_DONE) ## Run the extension's tests with each Sphinx and Python that it supports, those Pythons that are there
	$(BIN)/nox $(ARGS)

record: $(SETUP_DONE) ## Put what its commands print into a page of the guide, for example: make record PAGE=docs/faq/locks.md
	RECORD=1 POETRY="$(CURDIR)/.tools/poetry/bin/poetry" $(BIN)/python -m pytest -q $(PAGE) || true
	POETRY="$(CURDIR)/.tools/poetry/bin/poetry" $(BIN)/python -m pytest -q $(PAGE)

prose: $(SETUP_DONE) ## Check the guide's words: spelling, known slips, and what its pages agree on
	$(BIN)/python -m pytest -q tests/test_prose.py $(ARGS)

new-rule: $(SETUP_DONE) ## Begin a rule, for example: make new-rule CODE=PTY913 NAME=root-user
	@$(BIN)/python tools/new_rule.py -- "$(CODE)" "$(NAME)"
