"""The sign-in page: choose one of the three people. Nothing of it appears in the portal."""

from html import escape
from pathlib import Path

from aiohttp import web

from web.emulator.front_door.people import PEOPLE, Person
from web.emulator.front_door.sessions import COOKIE, Sessions

HERE = Path(__file__).parent
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Pages:
    """The few addresses below `/.auth/` that the proxy answers itself."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """For the application, before everything else."""
        return [
            web.get("/.auth/sign-in", self.show),
            web.post("/.auth/sign-in", self.sign_in),
            web.get("/.auth/sign-out", self.sign_out),
            web.get("/.auth/sign-in.css", self.style),
            web.get("/.auth/icon.svg", self.icon),
            web.route("*", "/.auth/{rest:.*}", self.nothing_here),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The three people; the one signed in now is marked."""
        now = self._sessions.who(request.headers.get("Cookie", ""))
        people = "\n".join(_choice(person, person == now) for person in PEOPLE.values())
        page = (HERE / "sign_in.html").read_text(encoding="utf-8")
        target = escape(local_path(request.query.get("next", "/")))
        page = page.replace("{{people}}", people).replace("{{next}}", target)
        return web.Response(text=page, content_type="text/html", headers=SAFE)

    async def sign_in(self, request: web.Request) -> web.Response:
        """Opens a session; 403 from another site, 400 for somebody unknown."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return web.Response(status=403, text="Sign in from this page.", headers=SAFE)
        form = await request.post()
        person = PEOPLE.get(str(form.get("person", "")))
        if person is None:
            return web.Response(status=400, text="Nobody of that name can sign in here.", headers=SAFE)
        self._sessions.close(request.headers.get("Cookie", ""))
        reply = _go(local_path(str(form.get("next", "/"))))
        reply.set_cookie(COOKIE, self._sessions.open(person), httponly=True, samesite="Lax", path="/")
        return reply

    async def sign_out(self, request: web.Request) -> web.Response:
        """Ends the session and shows the sign-in page."""
        self._sessions.close(request.headers.get("Cookie", ""))
        reply = _go("/.auth/sign-in")
        reply.del_cookie(COOKIE, path="/")
        return reply

    async def style(self, request: web.Request) -> web.Response:
        """The page's style sheet."""
        return _file("sign_in.css", "text/css")

    async def icon(self, request: web.Request) -> web.Response:
        """The page's icon."""
        return _file("icon.svg", "image/svg+xml")

    async def nothing_here(self, request: web.Request) -> web.Response:
        """Everything else below `/.auth/` is the proxy's own and never reaches the portal."""
        return web.Response(status=404, text="There is no such page.", headers=SAFE)


def local_path(target: str) -> str:
    """`target` when it is a path on this site, else `/`: a sign-in must not send anybody elsewhere."""
    on_this_site = target.startswith("/") and not target.startswith(("//", "/\\", "/.auth/")) and target.isprintable()
    return target if on_this_site else "/"


def _file(name: str, content_type: str) -> web.Response:
    return web.Response(text=(HERE / name).read_text(encoding="utf-8"), content_type=content_type, headers=SAFE)


def _go(target: str) -> web.Response:
    return web.Response(status=303, headers={**SAFE, "Location": target})


def _choice(person: Person, now: bool) -> str:
    mark = '<span class="now">signed in now</span>' if now else ""
    return (
        f'<li><button class="person" type="submit" name="person" value="{person.key}">'
        f'<span class="initial" aria-hidden="true">{escape(person.name[0])}</span>'
        f'<span class="text"><span class="name">{escape(person.name)}{mark}</span>'
        f'<span class="email">{escape(person.email)}</span>'
        f'<span class="about">{escape(person.about)}</span></span></button></li>'
    )
