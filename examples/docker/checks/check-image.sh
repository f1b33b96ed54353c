#!/usr/bin/env bash
# check-image.sh IMAGE [VARIABLE…]: run it in the project's folder; each VARIABLE holds a secret that must not be found.
set -euo pipefail
checks=$(dirname "$0")
image=$1
shift

fail() {
    echo "$image: $1" >&2
    exit 1
}

user=$(docker run --rm --entrypoint id "$image" -u)
[ "$user" != 0 ] || fail "runs as root"
for place in /opt/poetry/bin /app/.venv/bin; do
    if docker run --rm --entrypoint sh "$image" -c "[ -e $place/poetry ]"; then
        fail "holds Poetry, in $place"
    fi
done
docker run --rm --interactive --entrypoint python "$image" - < "$checks/installed.py" > installed.txt
python3 "$checks/compare.py" poetry.lock < installed.txt || fail "is not what poetry.lock says"
if [ $# -gt 0 ]; then
    docker save "$image" | python3 "$checks/find_secret.py" "$@" || fail "holds a secret"
fi
echo "$image: all checks passed"
