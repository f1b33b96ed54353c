"""Sells what is in the list."""
