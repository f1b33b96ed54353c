import ssl

import attrs
import certifi
import click
import httpx
import humanize
from itsdangerous import URLSafeSerializer
from tabulate import tabulate


@attrs.define
class Item:
    name: str
    amount: int


@click.command()
@click.argument("url")
@click.option("--key", envvar="ACME_KEY", required=True)
def main(url: str, key: str) -> None:
    trusted = ssl.create_default_context(cafile=certifi.where())
    answer = httpx.get(url, verify=trusted).text
    items = [Item(**row) for row in URLSafeSerializer(key).loads(answer)]
    click.echo(tabulate([item.name, humanize.intcomma(item.amount)] for item in items))


main()
