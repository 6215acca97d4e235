"""What a team would use instead, from the environment that `make bench PEERS=1` installs: each started and asked."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.servers import ROOT, answers, bare_environment, free_port

PROGRAMS = ROOT / ".venv-peers" / "bin"
WITHIN_S = 120.0
ROWS = 1000


@dataclass(frozen=True)
class Peer:
    """How one is started: its words (`{port}`, `{file}` are put in), the file's text, and where it answers when up."""

    words: str
    file: str
    text: str
    health: str
    path: str


def gateways(model: str) -> dict[str, Peer]:
    """Those that pass a chat on to `model`, an address that speaks as OpenAI does."""
    mlflow = {
        "name": "any",
        "endpoint_type": "llm/v1/chat",
        "model": {"provider": "openai", "name": "any", "config": {"openai_api_key": "none", "openai_api_base": model}},
    }
    litellm = {"model_name": "any", "litellm_params": {"model": "openai/any", "api_base": model, "api_key": "none"}}
    open_to_all = {"dangerously_permit_weak_or_unset_master_key": True}
    return {
        "LiteLLM": Peer(
            "litellm --config {file} --host 127.0.0.1 --port {port} --telemetry False",
            "litellm.yaml",
            json.dumps({"model_list": [litellm], "general_settings": open_to_all}),
            "/health/liveliness",
            "/engines/any/chat/completions",
        ),
        "MLflow": Peer(
            "mlflow gateway start --config-path {file} --host 127.0.0.1 --port {port} --workers 1",
            "gateway.yaml",
            json.dumps({"endpoints": [mlflow]}),
            "/health",
            "/gateway/any/invocations",
        ),
    }


def pages() -> dict[str, Peer]:
    """Those that a team would write a list of ROWS endpoints with."""
    table = f"[{{'name': f'endpoint-{{n}}', 'state': 'READY', 'creator': f'user{{n % 9}}'}} for n in range({ROWS})]"
    streamlit = f"import streamlit as st\nst.title('Endpoints')\nst.dataframe({table})\n"
    dash = (
        f"import sys, dash\nrows = {table}\napp = dash.Dash()\n"
        "columns = [{'name': name, 'id': name} for name in rows[0]]\n"
        "app.layout = dash.dash_table.DataTable(rows, columns, page_size=50)\n"
        "app.run(host='127.0.0.1', port=int(sys.argv[1]), debug=False)\n"
    )
    quiet = "--server.headless true --server.fileWatcherType none --browser.gatherUsageStats false"
    return {
        "Streamlit": Peer(
            f"streamlit run {{file}} --server.address 127.0.0.1 --server.port {{port}} {quiet}",
            "list.py",
            streamlit,
            "/_stcore/health",
            "/",
        ),
        "Dash": Peer("python {file} {port}", "list.py", dash, "/", "/"),
    }


def installed() -> bool:
    """Whether `make bench PEERS=1` has been asked for once."""
    return (PROGRAMS / "litellm").exists()


@contextmanager
def running(peer: Peer) -> Iterator[tuple[str, int, float]]:
    """Its address with the path, its process, and the seconds until it answered. SystemExit when it does not."""
    port = free_port()
    with TemporaryDirectory() as folder:
        file = Path(folder) / peer.file
        file.write_text(peer.text)
        program, *words = peer.words.format(port=port, file=file).split()
        began = monotonic()
        command, env = [str(PROGRAMS / program), *words], bare_environment()
        child = Popen(command, cwd=folder, env=env, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
        try:
            while not answers(f"http://127.0.0.1:{port}{peer.health}"):
                if child.poll() is not None or monotonic() - began > WITHIN_S:
                    raise SystemExit(f"{program} did not start")
                sleep(0.05)
            yield f"http://127.0.0.1:{port}{peer.path}", child.pid, monotonic() - began
        finally:
            os.killpg(child.pid, signal.SIGKILL)  # some leave workers behind that outlive a polite end
            child.wait(15)
