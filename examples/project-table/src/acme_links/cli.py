"""The command `acme-links`."""

from collections.abc import Iterable
from pathlib import Path

import click
import httpx

from . import is_broken, links


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--color", is_flag=True, help="Print in colour (needs the extra color).")
@click.option("--progress", is_flag=True, help="Show a bar (needs the extra progress).")
def main(folder: Path, color: bool, progress: bool) -> None:
    """Name the broken links in FOLDER."""
    addresses: Iterable[str] = sorted(links(folder))
    if progress:
        from tqdm import tqdm

        addresses = tqdm(addresses)
    with httpx.Client(timeout=10) as client:
        broken = [url for url in addresses if is_broken(url, client)]
    for url in broken:
        if color:
            from rich import print as show

            show(url)
        else:
            click.echo(url)
    raise SystemExit(bool(broken))
