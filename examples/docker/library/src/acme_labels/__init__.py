"""Makes labels out of names."""

import aardvark

MADE_WITH = f"aardvark {aardvark.__version__}"


def label(name: str) -> str:
    """The name as it stands on a label."""
    return name.strip().upper()
