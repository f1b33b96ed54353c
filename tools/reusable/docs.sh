# Build the documentation. A warning fails, when all of them have been shown.
set -eu
if ! [ -f "$DOCS_SOURCE/conf.py" ]; then
  echo "There is no conf.py in $PWD/$DOCS_SOURCE: name the folder of the documentation." >&2
  exit 2
fi
poetry run sphinx-build -W --keep-going "$DOCS_SOURCE" "$DOCS_OUTPUT"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "html=${PROJECT:-.}/$DOCS_OUTPUT" >> "$GITHUB_OUTPUT"
