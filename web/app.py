"""The app: every room put together. Knows everyone; nobody imports it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from web import __version__
from web.config import Settings, load
from web.deps import authorized
from web.durable import flush, keep_checkpoints, keep_durable
from web.errors import NotFound, PortalError, Unauthenticated
from web.features import PUBLIC, SLICES
from web.features.endpoint_tabs import collect_tabs
from web.html.assets import static_routes
from web.html.respond import error_page
from web.html.templates import environment
from web.identity.app_mode import EMAIL
from web.identity.refusals import Refusals
from web.keeper import keep_archiving, keep_looking, keep_sampling, keep_settling
from web.limits import DRAINING
from web.middleware import install
from web.services import Services, build
from web.telemetry import Telemetry

log = logging.getLogger("portal")
API = "/api/"
WORKERS = 96  # threads for requests: room for several slow families of the workspace's API at once


def create_app(settings: Settings | None = None) -> FastAPI:
    """The portal for these settings, by default those of the environment."""
    chosen = settings or load()
    app = FastAPI(
        title="Serving Portal",
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = chosen
    app.state.telemetry = Telemetry(chosen.metrics)
    app.state.refusals = Refusals()
    environment().auto_reload = chosen.patterns  # whoever edits templates; else every include asks the disk
    slices = [slice_ for slice_ in SLICES if slice_.name != "patterns" or chosen.patterns]
    app.state.navigation = [entry for slice_ in (*PUBLIC, *slices) for entry in slice_.nav]
    app.state.endpoint_tabs = collect_tabs(slices)
    app.router.routes.extend(static_routes())
    # Routes are tried in this order, and those of a router once more for each router around it.
    for slice_ in slices:
        app.router.routes.extend(slice_.straight)
    for slice_ in slices:
        app.include_router(slice_.router, dependencies=[Depends(authorized)])
    for slice_ in PUBLIC:
        app.include_router(slice_.router)
    app.add_exception_handler(PortalError, _portal_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(SQLAlchemyError, _no_history)
    app.add_exception_handler(Exception, _crash)
    install(app, chosen)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    DRAINING.clear()
    current_default_thread_limiter().total_tokens = WORKERS
    services = await run_in_threadpool(build, app.state.settings)
    app.state.services = services
    works = (_warm, keep_durable, keep_settling, keep_looking, keep_sampling, keep_checkpoints, keep_archiving)
    background = [asyncio.create_task(work(services)) for work in works]
    yield
    DRAINING.set()
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    await flush(services)
    app.state.telemetry.close()
    await services.invoker.close()
    services.engine.dispose()


async def _warm(services: Services) -> None:
    """The SDK is imported once the port is open; then the garbage collector forgets its 100,000 objects."""
    try:
        await run_in_threadpool(services.connections.warm)
    except PortalError as error:
        log.warning("the workspace is not there yet: %s", error.message)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()


def _answer(request: Request, error: PortalError) -> Response:
    if request.url.path.startswith(API):
        return JSONResponse({**error.as_json(), **getattr(error, "details", {})}, error.status)
    if error.code == "NOT_CONNECTED" and request.method == "GET":
        return RedirectResponse("/connect", status_code=303)
    return error_page(request, error)


async def _portal_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PortalError)  # noqa: S101 - registered for this class only
    if isinstance(error, Unauthenticated) and error.code != "NOT_CONNECTED":
        _note(request, error)
    return _answer(request, error)


def _note(request: Request, error: Unauthenticated) -> None:
    path = str(getattr(request.scope.get("route"), "path", ""))
    request.app.state.refusals.note(
        request.headers.get(EMAIL, ""),
        error.message,
        route=f"{request.method} {path}",
        request_id=str(getattr(request.state, "request_id", "")),
        ip_claimed=request.headers.get("X-Real-Ip", "")[:100],
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == 404:
        return _answer(
            request, NotFound("There is no such page.", hint="Check the address, or start from the endpoints.")
        )
    said = PortalError(str(error.detail), status=error.status_code, code=f"HTTP_{error.status_code}")
    answer = _answer(request, said)
    answer.headers.update(error.headers or {})
    return answer


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    first = error.errors()[0] if error.errors() else {"loc": (), "msg": "The request is not valid."}
    place = ".".join(str(p) for p in first["loc"] if p not in ("body", "query"))
    message = f"{place}: {first['msg']}" if place else str(first["msg"])
    return _answer(request, PortalError(message, status=422, code="INVALID_PARAMETER_VALUE", field=place))


async def _no_history(request: Request, error: Exception) -> Response:
    log.error("the history does not answer on %s", request.url.path, exc_info=error)
    hint = "What does not need the history still works. If a change was under way, look at the audit history later."
    said = PortalError("The history does not answer just now.", status=503, code="AUDIT_UNAVAILABLE", hint=hint)
    return _answer(request, said)


async def _crash(request: Request, error: Exception) -> Response:
    log.exception("unexpected error on %s", request.url.path, exc_info=error)
    hint = "It was logged with the request id below. If a change was under way, look at the audit history first."
    return _answer(request, PortalError("The portal made a mistake.", hint=hint))
