"""Run this environment's Poetry with the package index that pip uses.

Called as ``.tools/poetry/bin/python tools/run_poetry.py ARGUMENT…``. Poetry does not read pip's configuration. This
asks pip itself: whoever has told pip about a company mirror (in a configuration file or by ``PIP_INDEX_URL``), a
certificate or a proxy need not tell Poetry again, and whoever has told it nothing gets pip's default. Everything is
handed over in the environment of one process: nothing is written to a file and nothing is shown, because the URL may
hold a password.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from pip._internal.commands import create_command


def environment() -> dict[str, str]:
    """The variables of the environment, plus what Poetry has to know."""
    env = dict(os.environ)
    # An activated environment would be taken for the project's.
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
        env.pop(name, None)
    env |= {
        "POETRY_VIRTUALENVS_CREATE": "true",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_NO_INTERACTION": "1",
        # A desktop's key ring may wait for ever for somebody to unlock it; the index's password comes from pip.
        "POETRY_KEYRING_ENABLED": "false",
    }
    # Somebody who has set the plugin's own variable means it.
    if "POETRY_PYPI_MIRROR_URL" not in env:
        env |= from_pip()
    return env


def from_pip() -> dict[str, str]:
    """Pip's index, certificates, proxy and time limit, as Poetry and its HTTP library read them."""
    # The options as pip works them out: its defaults, below its configuration files, below the PIP_… variables.
    pip = create_command("install").parser.get_default_values()
    url = urlsplit(pip.index_url)
    if pip.no_index or url.scheme not in {"http", "https"}:
        sys.exit(
            "pip is set up to install without an index on the web (no-index, or an index-url that is no http address). "
            "Poetry cannot do that: set PIP_INDEX_URL, or POETRY_PYPI_MIRROR_URL for Poetry alone."
        )
    # The password travels apart from the URL, because Poetry's messages show URLs.
    credentials, _, host = url.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    settings = {
        "POETRY_PYPI_MIRROR_URL": urlunsplit(url._replace(netloc=host)),
        "POETRY_HTTP_BASIC_PYPI_USERNAME": unquote(username),
        "POETRY_HTTP_BASIC_PYPI_PASSWORD": unquote(password),
        "POETRY_REQUESTS_TIMEOUT": f"{pip.timeout:.0f}",
        "REQUESTS_CA_BUNDLE": pip.cert,
        "POETRY_CERTIFICATES_PYPI_CLIENT_CERT": pip.client_cert,
        "HTTP_PROXY": pip.proxy,
        "HTTPS_PROXY": pip.proxy,
    }
    return {name: value for name, value in settings.items() if value}


if __name__ == "__main__":
    poetry = Path(sys.executable).with_name("poetry")
    os.execve(poetry, [str(poetry), *sys.argv[1:]], environment())
