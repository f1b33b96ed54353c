"""Calls of Poetry on command lines: which Poetry runs, what it no longer takes, and how that is mended."""
