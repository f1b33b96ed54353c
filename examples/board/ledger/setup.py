from setuptools import setup

setup(name="acme-ledger", version="4.2.0", py_modules=["ledger"], install_requires=["click>=8.1", "requests", "tabulate"])
