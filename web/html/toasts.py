"""Short messages after an action: shown at once by htmx, or on the next page after a redirect."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from web.html.shell import Tone

COOKIE = "portal_toast"
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Toast:
    """One message; `hint` says what to do next. Never put a secret in it: it travels in a cookie or a header."""

    text: str
    tone: Tone = "success"
    hint: str = ""


def trigger_header(toast: Toast) -> dict[str, str]:
    """The response header that makes htmx show the toast now (event `toast`, plain ASCII JSON)."""
    return {"HX-Trigger": json.dumps({"toast": asdict(toast)})}


def remember(response: Response, toast: Toast, *, secure: bool) -> None:
    """Keep the toast for the next page, one minute at most."""
    short = Toast(toast.text[:_LONGEST], toast.tone, toast.hint[:_LONGEST])
    value = base64.urlsafe_b64encode(json.dumps(asdict(short)).encode()).decode()
    response.set_cookie(COOKIE, value, max_age=60, httponly=True, samesite="lax", secure=secure)


def recall(request: Request) -> Toast | None:
    """The toast a redirect left behind, or None; a tampered cookie counts as none."""
    value = request.cookies.get(COOKIE)
    if not value:
        return None
    try:
        data = json.loads(base64.urlsafe_b64decode(value.encode()))
        toast = Toast(str(data["text"])[:_LONGEST], data["tone"], str(data["hint"])[:_LONGEST])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    return toast if toast.tone in get_args(Tone) else None
