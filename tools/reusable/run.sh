# Run $RUN_COMMAND, a line of shell or several, in the project's environment.
set -eu
poetry run sh -euc "$RUN_COMMAND"
