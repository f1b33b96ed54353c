"""The web application."""

import acme_units
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def convert(request: Request) -> JSONResponse:
    """Convert, for example, /convert?value=6&unit=length-foot&to=length-meter."""
    query = request.query_params
    try:
        value = acme_units.convert(float(query["value"]), query["unit"], query["to"])
    except (KeyError, ValueError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse({"value": value, "text": acme_units.write(value, query["to"])})


app = Starlette(routes=[Route("/convert", convert)])
