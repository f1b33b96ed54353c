"""``python -m shop``."""

import aardvark
import badger

print(f"shop with aardvark {aardvark.__version__} and badger {badger.__version__}")
