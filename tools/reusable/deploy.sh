# Build the project and publish it: to the index at $DEPLOY_URL, or to Poetry's default one if that is empty.
set -eu
version=$(poetry version --short)
tag=${CIRCLE_TAG:-${CI_COMMIT_TAG:-}}
if [ -n "$tag" ] && [ "${tag#v}" != "$version" ]; then
  echo "The tag says $tag, and pyproject.toml $version: publish from a tag v$version, or change the version." >&2
  exit 1
fi
poetry check --lock --strict
poetry build
if [ -n "${DEPLOY_URL:-}" ]; then
  export POETRY_REPOSITORIES_DEPLOY_URL="$DEPLOY_URL"
  poetry publish --no-interaction --repository deploy
else
  poetry publish --no-interaction
fi
