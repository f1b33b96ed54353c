import click
import requests
import tabulate
