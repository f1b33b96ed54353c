"""The command `acme-reports`."""

import click
import requests

from acme_reports import writers


@click.command()
@click.argument("url")
@click.option("--html", type=click.Path(), help="Write a web page to this file.")
@click.option("--xlsx", type=click.Path(), help="Write a spreadsheet to this file.")
def main(url, html, xlsx):
    """Report the sales listed at URL."""
    response = requests.get(url, timeout=30)
    response.raise_for_status()
    rows = response.json()
    if html:
        writers.write_html(rows, html)
    if xlsx:
        writers.write_xlsx(rows, xlsx)
    if not html and not xlsx:
        click.echo(writers.as_text(rows))
