# Check the projects in $LINT_PATHS, one path a line. What is empty is left to the project's own settings.
set -euf
# Paths are never options, whatever they begin with: they may be the names of files that a pull request has added.
lint() (
  IFS='
'
  # shellcheck disable=SC2086 # split at the ends of lines
  sphinx-poetry lint "$@" -- ${LINT_PATHS:-.}
)
set --
[ -z "${LINT_SELECT:-}" ] || set -- "$@" --select "$LINT_SELECT"
[ -z "${LINT_IGNORE:-}" ] || set -- "$@" --ignore "$LINT_IGNORE"
[ -z "${LINT_BASELINE:-}" ] || set -- "$@" --baseline "$LINT_BASELINE"
# Reports for the service first, which never fail; then the findings for the log, which may.
if [ -n "${LINT_REPORT:-}" ]; then
  mkdir -p "$(dirname "$LINT_REPORT")"
  lint "$@" --fail-on never --format "$LINT_REPORT_FORMAT" --output "$LINT_REPORT"
  [ -z "${GITHUB_OUTPUT:-}" ] || echo "report=$LINT_REPORT" >> "$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  # A summary of more than a megabyte is refused as a whole.
  lint "$@" --fail-on never --format markdown | head -c 1000000 >> "$GITHUB_STEP_SUMMARY"
fi
[ -z "${LINT_FAIL_ON:-}" ] || set -- "$@" --fail-on "$LINT_FAIL_ON"
lint "$@" --format "${LINT_FORMAT:-text}"
