"""One module for each kind of source: files in, a `Reading` out. None of them runs or fetches anything."""
