"""Answers questions about units over HTTP."""
