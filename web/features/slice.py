"""What a slice shows to the app."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.routing import BaseRoute

from web.html.nav import NavEntry


@dataclass(frozen=True, slots=True)
class Tab:
    """A sub-page of an endpoint at `/endpoints/{name}{suffix}`. `kinds` are those of `serving.kind_of` it exists for,
    empty for all; `needs` is the least permission level that makes it useful; `order` places it from left to right."""

    key: str
    label: str
    suffix: str
    order: int = 50
    kinds: tuple[str, ...] = ()
    needs: str = "CAN_VIEW"
    needs_id: bool = True


@dataclass(frozen=True)
class Slice:
    """A name, the routes, the entries it adds to the navigation, and the tabs it adds to every endpoint's pages.
    `straight`: the few routes that are asked for most. They are found first and once, and ask for person and role
    themselves (`deps.Swift`): what the app asks of all others does not reach them."""

    name: str
    router: APIRouter
    nav: tuple[NavEntry, ...] = ()
    tabs: tuple[Tab, ...] = ()
    straight: tuple[BaseRoute, ...] = ()
