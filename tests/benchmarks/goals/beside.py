"""P1, P2, P7, P10 beside what a team would use instead: LiteLLM, MLflow's gateway, Streamlit, Dash (PEERS=1)."""

import asyncio
from contextlib import ExitStack
from math import nan
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks import peers
from tests.benchmarks.goals.starting import start
from tests.benchmarks.goals.streams import Side, crowd, first_tokens, sides
from tests.benchmarks.harness import Row, cpu_s, in_turn, percentile, ratio, rss_mb, took
from tests.benchmarks.site import TOKEN, portal, workspace
from tests.browser import chromium

ROUNDS = 3
SEEN = """() => {
  const all = ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind));
  return {ready: performance.now(), kb: all.reduce((sum, one) => sum + one.transferSize, 0) / 1000};
}"""
STREAMS = 30
"""As many as LiteLLM can carry on one core."""
P1 = {"LiteLLM": 1 / 12, "MLflow": 1 / 2}
P2 = {"LiteLLM": 1 / 20, "MLflow": 0.6}
MEMORY = {"LiteLLM": None, "MLflow": 0.35}
START = {"LiteLLM": 1 / 6, "MLflow": None}
ROWS_AS = {"Streamlit": "canvas", "Dash": "td"}
BYTES = {"Streamlit": 1 / 30, "Dash": None}


def measure() -> list[Row]:
    """Rows for each peer, or one that says why there are none."""
    if not peers.installed():
        return [Row("peers", "LiteLLM, MLflow, Streamlit, Dash", "-", "not installed: make bench PEERS=1", nan)]
    return [*_streams(), *_views()]


def _streams() -> list[Row]:
    rows: list[Row] = []
    with sides() as there, ExitStack() as stack:
        model = there["direct"].url.split("/serving-endpoints")[0] + "/v1"
        ours, began = there["portal"], dict[str, float]()
        all_ = {"portal": ours}
        for name, peer in peers.gateways(model).items():
            url, pid, began[name] = stack.enter_context(peers.running(peer))
            all_[name] = Side(url, pid)
        for side in all_.values():
            asyncio.run(crowd(side.url, 5))
        costs = in_turn(ROUNDS, **{n: lambda s=side: us_per_token(s) for n, side in all_.items()})
        firsts, _ = asyncio.run(first_tokens({**all_, "direct": there["direct"]}))
        added = {n: percentile(values, 0.5) - percentile(firsts["direct"], 0.5) for n, values in firsts.items()}
        held = {name: rss_mb(side.pid) for name, side in all_.items()}
        with TemporaryDirectory() as folder:
            health = start(model.removesuffix("/v1"), folder)
        page = took(lambda: stack.enter_context(portal(model.removesuffix("/v1"))))
    for name in began:
        cost = {n: f"{percentile(costs[n], 0.5):.0f} us/token" for n in ("portal", name)}
        rows += [
            Row("P1", f"{STREAMS} streams of 20 tokens/s / {name}", cost["portal"], cost[name],
                ratio(costs["portal"], costs[name]), P1[name]),
            Row("P2", f"first token, added / added by {name}", f"{added['portal'] * 1000:.1f} ms",
                f"{added[name] * 1000:.1f} ms", added["portal"] / added[name], P2[name]),
            Row("P3", f"memory after that / {name}", f"{held['portal']:.0f} MB", f"{held[name]:.0f} MB",
                held["portal"] / held[name], MEMORY[name]),
            Row("P10", f"start until /healthz / {name}'s", f"{health:.1f} s", f"{began[name]:.1f} s",
                health / began[name], START[name]),
            Row("P10", f"start until the first page / {name}'s health", f"{page:.1f} s", f"{began[name]:.1f} s",
                page / began[name]),
        ]  # fmt: skip
    return rows


def us_per_token(side: Side) -> float:
    """Microseconds of the server's CPU for each token passed on."""
    before = cpu_s(side.pid)
    heard = asyncio.run(crowd(side.url, STREAMS))
    return (cpu_s(side.pid) - before) / len(heard.late) * 1e6


def _views() -> list[Row]:
    path = chromium.find()
    rows: list[Row] = []
    with (
        workspace(f"fleet:{peers.ROWS}") as behind,
        portal(behind) as ours,
        ExitStack() as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        where = {name: stack.enter_context(peers.running(peer))[0] for name, peer in peers.pages().items()}
        first = _seen(browser, f"{ours.url}/endpoints", "tbody a")
        for name, url in where.items():
            theirs = _seen(browser, url, ROWS_AS[name])
            rows += [
                Row("P7", f"list of {peers.ROWS}, cold: weight / {name}", f"{first['kb']:.0f} KB",
                    f"{theirs['kb']:.0f} KB", first["kb"] / theirs["kb"], BYTES[name]),
                Row("P7", f"list of {peers.ROWS}, cold: rows there / {name}", f"{first['ready']:.0f} ms",
                    f"{theirs['ready']:.0f} ms", first["ready"] / theirs["ready"], 0.6),
            ]  # fmt: skip
        browser.close()
    return rows


def _seen(browser: Browser, url: str, rows: str) -> dict[str, float]:
    views = [_view(browser, url, rows) for _ in range(ROUNDS)]
    return {key: percentile([one[key] for one in views], 0.5) for key in ("kb", "ready")}


def _view(browser: Browser, url: str, rows: str) -> dict[str, float]:
    context = browser.new_context(extra_http_headers={"X-Forwarded-Access-Token": TOKEN})
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(rows)
    ready = page.evaluate(SEEN)["ready"]
    page.wait_for_load_state("networkidle")
    seen: dict[str, float] = page.evaluate(SEEN) | {"ready": ready}
    context.close()
    return seen
