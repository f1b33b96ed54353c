# Make the project's environment: what its lock says, and nothing that an older environment has too much.
set -euf
if ! [ -f poetry.lock ]; then
  echo "There is no poetry.lock in $PWD: commit it, or name the project's folder." >&2
  exit 2
fi
poetry check --lock
# shellcheck disable=SC2086 # several options
poetry sync --no-interaction ${SYNC_OPTIONS:-}
