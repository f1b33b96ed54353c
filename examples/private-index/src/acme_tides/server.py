"""The water levels over HTTP: `uvicorn acme_tides.server:app`."""

from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from . import levels


def today(request: Request) -> JSONResponse:
    """The levels of today."""
    return JSONResponse(levels(date.today()))


app = Starlette(routes=[Route("/", today)])
