"""What a slice shows to the app."""

from dataclasses import dataclass

from fastapi import APIRouter

from web.html.nav import NavEntry


@dataclass(frozen=True)
class Slice:
    """A name, the routes, and the entries it adds to the navigation."""

    name: str
    router: APIRouter
    nav: tuple[NavEntry, ...] = ()
