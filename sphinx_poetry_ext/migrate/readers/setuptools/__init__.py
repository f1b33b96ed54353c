"""Projects that setuptools builds: setup.py and setup.cfg, together with the files that they name."""
