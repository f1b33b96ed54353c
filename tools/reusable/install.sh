# Install $INSTALL, a package and its version, into an environment of its own. Only its command comes onto PATH: the
# folder bin of an environment has a python as well, which must not come before the project's.
set -eu
name=${INSTALL%%==*}
case $name in
  sphinx-poetry-ext) command=sphinx-poetry ;;
  *) command=$name ;;
esac
home=$HOME/.local/share/$name-environment
python3 -m venv "$home"
"$home/bin/python" -m pip install --quiet --disable-pip-version-check "$INSTALL"
mkdir -p "$home/command"
ln -sf "$home/bin/$command" "$home/command/$command"
export PATH="$home/command:$PATH"
# Steps that come later have a shell of their own on some services.
if [ -n "${GITHUB_PATH:-}" ]; then
  echo "$home/command" >> "$GITHUB_PATH"
elif [ -n "${CIRCLECI:-}" ]; then
  echo "export PATH=\"$home/command:\$PATH\"" >> "$BASH_ENV"
fi
