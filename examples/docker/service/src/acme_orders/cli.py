"""The command ``acme-orders``."""

import aardvark
import acme_auth


def main() -> None:
    """Say what it runs with; a real service would listen here."""
    print(f"acme-orders with aardvark {aardvark.__version__} and acme-auth {acme_auth.__version__}")
