"""Reading and sending the traffic form as a browser without scripts does."""

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx

from web.emulator.seed_parts import add, config, custom

if TYPE_CHECKING:
    from web.emulator.server import Emulator

INPUT = re.compile(r'<input\b[^>]*\bname="([^"]+)"[^>]*>')
VALUE = re.compile(r'\bvalue="([^"]*)"')
CANARY = re.compile(r"<option selected>([^<]*)</option>")
BOB = "bob@example.com"


def fields(page: httpx.Response) -> dict[str, str]:
    """The form's fields as they are."""
    text = page.text[page.text.index('id="traffic-form"') :]
    found = {
        tag[1]: unescape(value[1]) if (value := VALUE.search(tag[0])) else ""
        for tag in INPUT.finditer(text[: text.index("</form>")])
    }
    return {**found, "canary": CANARY.search(text)[1]}  # type: ignore[index]  # there is always one


def shares(page: httpx.Response) -> dict[str, str]:
    """Served entity → number in its field."""
    form = fields(page)
    names = [key for key in form if key.endswith("served_entity_name")]
    return {form[key]: form[key.replace("served_entity_name", "traffic_percentage")] for key in names}


def shift(who: httpx.Client, endpoint: str, do: str = "review", **numbers: str) -> httpx.Response:
    """Open the form, type numbers by served entity ('-' written '_'), press a button."""
    form = fields(who.get(f"/endpoints/{endpoint}/traffic"))
    return press(who, endpoint, form, do, **numbers)


def press(who: httpx.Client, endpoint: str, form: dict[str, str], do: str = "review", **numbers: str) -> httpx.Response:
    """The form as it was opened, with numbers typed into it."""
    sent = {**form, "do": do}
    for key, name in form.items():
        if key.endswith("served_entity_name") and name.replace("-", "_") in numbers:
            sent[key.replace("served_entity_name", "traffic_percentage")] = numbers[name.replace("-", "_")]
    return who.post(f"/endpoints/{endpoint}/traffic", data=sent)


def apply(who: httpx.Client, review: httpx.Response) -> httpx.Response:
    """Press Apply on the Review page that `review` leads to, with all that has to be accepted ticked."""
    draft = review.headers["location"].rpartition("/")[2]
    page = who.get(review.headers["location"]).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    accepted = re.findall(r'name="acknowledge" value="([^"]*)"', page)
    return who.post("/changes", data={"draft": draft, "seen": seen[1] if seen else "", "acknowledge": accepted})


def endpoint_of(emulator: "Emulator", name: str, count: int) -> None:
    """An endpoint of bob's with `count` served entities: also more than the embedded workspace would take."""
    world = emulator.world
    specs = [custom("churn", number % 4 + 1, name=f"churn-{number}") for number in range(1, count + 1)]
    routes = [100 - 5 * (count - 1), *[5] * (count - 1)]
    add(world, name, "custom", BOB, config(world, 1, specs, world.clock.now_ms(), BOB, routes))
