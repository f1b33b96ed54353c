# Check the projects in $LINT_PATHS, one path a line. What is empty is left to the project's own settings.
set -euf
IFS='
'
# shellcheck disable=SC2086 # split at the ends of lines
set -- ${LINT_PATHS:-.}
unset IFS
[ -z "${LINT_SELECT:-}" ] || set -- "$@" --select "$LINT_SELECT"
[ -z "${LINT_IGNORE:-}" ] || set -- "$@" --ignore "$LINT_IGNORE"
[ -z "${LINT_BASELINE:-}" ] || set -- "$@" --baseline "$LINT_BASELINE"
# Reports for the service first, which never fail; then the findings for the log, which may.
if [ -n "${LINT_REPORT:-}" ]; then
  mkdir -p "$(dirname "$LINT_REPORT")"
  sphinx-poetry lint "$@" --fail-on never --format "$LINT_REPORT_FORMAT" --output "$LINT_REPORT"
  [ -z "${GITHUB_OUTPUT:-}" ] || echo "report=$LINT_REPORT" >> "$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  # A summary of more than a megabyte is refused as a whole.
  sphinx-poetry lint "$@" --fail-on never --format markdown | head -c 1000000 >> "$GITHUB_STEP_SUMMARY"
fi
[ -z "${LINT_FAIL_ON:-}" ] || set -- "$@" --fail-on "$LINT_FAIL_ON"
sphinx-poetry lint "$@" --format "${LINT_FORMAT:-text}"
