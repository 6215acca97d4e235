"""How the portal answers a browser: templates, the four answers, toasts, navigation, static files and the CSP."""

from web.html.assets import static_routes, static_url
from web.html.nav import NavEntry
from web.html.respond import done, error_page, fragment, invalid, page
from web.html.shell import Banner, Shell
from web.html.toasts import Toast

__all__ = [
    "Banner",
    "NavEntry",
    "Shell",
    "Toast",
    "done",
    "error_page",
    "fragment",
    "invalid",
    "page",
    "static_routes",
    "static_url",
]
