"""The pattern pages on a small server of their own, so that the ground of all pages is tested before any of them."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from tests.browser.fixtures import STILL, visit
from tests.browser.watch import Watch
from web.assets.build import ensure
from web.errors import PortalError
from web.features import patterns
from web.html import NavEntry, Shell, error_page, static_routes

SHELL = Shell(
    "adb-1234567890.5.azuredatabricks.net", "Bob Baker", "bob@example.com", "Databricks App", audit_durable=False
)
NAVIGATION = (NavEntry("Endpoints", "/endpoints", "hdd-stack", 10), NavEntry("Audit", "/audit", "clock-history", 30))
OpenPattern = Callable[..., Page]


def small_app() -> FastAPI:
    """The pattern pages, the static files, a frame around them, and nothing else."""
    app = FastAPI()
    app.include_router(patterns.router)
    app.router.routes.extend(static_routes())
    app.state.navigation = (*NAVIGATION, *patterns.SLICE.nav)

    @app.middleware("http")
    async def frame(request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.query_params.get("as") != "nobody":
            request.state.shell = SHELL
        return await call_next(request)

    @app.exception_handler(PortalError)
    async def explain(request: Request, error: PortalError) -> Response:
        return error_page(request, error)

    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    return app


@pytest.fixture(scope="session")
def patterns_url() -> Iterator[str]:
    """Base address of the pattern pages."""
    ensure()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        server = uvicorn.Server(uvicorn.Config(small_app(), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def open_pattern(browser: Browser, patterns_url: str, request: pytest.FixtureRequest) -> Iterator[OpenPattern]:
    """`open_pattern("/patterns", width=390, color_scheme="dark")`: a window of its own, watched for complaints."""
    contexts: list[BrowserContext] = []
    watch = Watch(patterns_url)

    def open_(path: str, *, width: int = 1280, **options: object) -> Page:
        wanted: dict[str, Any] = {**STILL, **options}
        context = browser.new_context(base_url=patterns_url, viewport={"width": width, "height": 900}, **wanted)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        (visit if options.get("java_script_enabled", True) else Page.goto)(page, path)
        return page

    yield open_
    for context in contexts:
        context.close()
    if not request.node.get_closest_marker("expects_browser_errors"):
        assert not watch.seen, "the browser complained:\n" + "\n".join(watch.seen)
