"""Starts the service: `python -m acme_api`."""

import uvicorn

from acme_api.app import app

uvicorn.run(app, port=8000)
