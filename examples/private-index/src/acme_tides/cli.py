"""The command `acme-tides`."""

from datetime import date

import click
from rich.console import Console
from rich.table import Table

from . import levels


@click.command()
@click.argument("day")
def main(day: str) -> None:
    """Print the water levels of DAY."""
    table = Table("Hour", "Metres")
    for hour, metres in sorted(levels(date.fromisoformat(day)).items()):
        table.add_row(hour, f"{metres:.2f}")
    Console().print(table)
