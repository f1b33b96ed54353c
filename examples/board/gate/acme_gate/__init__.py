"""Lets the right requests in."""

import click
import requests
