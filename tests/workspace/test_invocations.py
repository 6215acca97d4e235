"""Invocations: sent once, passed on as they come, hung up on when the reader leaves."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.loops import finish
from tests.workspace.conftest import Backdoor
from web.errors import NotFound, PortalError, Unavailable
from web.workspace.client import Workspace
from web.workspace.invoke import Invoker, invocations_path

URL = "/serving-endpoints/chat/invocations"


def ask(text: str, *, stream: bool = True) -> bytes:
    """A chat request."""
    return json.dumps({"messages": [{"role": "user", "content": text}], "stream": stream}).encode()


def run(work: Callable[[Invoker], Awaitable[Any]], timeout_s: float = 10) -> Any:
    """Run `work` with an Invoker of its own, and close that."""

    async def whole() -> Any:
        invoker = Invoker(timeout_s)
        try:
            return await work(invoker)
        finally:
            await invoker.close()

    return finish(whole())


@pytest.fixture
def chat(backdoor: Backdoor) -> Backdoor:
    """Bob's external chat endpoint `chat` with the entity `gpt`, and an empty request log."""
    backdoor.endpoint("chat")
    backdoor.forget()
    return backdoor


def test_a_stream_arrives_piece_by_piece(chat: Backdoor, bob_sees: Workspace) -> None:
    async def work(invoker: Invoker) -> tuple[list[bytes], list[float]]:
        pieces, times = [], []
        async with await invoker.open(bob_sees, "chat", ask("[[tokens 20]] [[pace 50/s]]")) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            async for piece in answer.chunks():
                pieces.append(piece)
                times.append(time.monotonic())
        return pieces, times

    pieces, times = run(work)
    assert len(pieces) > 10
    assert times[-1] - times[0] > 0.2, "the first piece came long before the last"
    assert b"".join(pieces).endswith(b"data: [DONE]\n\n")


def test_a_plain_answer_and_its_entity_come_through(chat: Backdoor, bob_sees: Workspace) -> None:
    async def work(invoker: Invoker) -> tuple[bytes, dict[str, str]]:
        async with await invoker.open(bob_sees, "chat", ask("hello", stream=False), entity="gpt") as answer:
            return b"".join([piece async for piece in answer.chunks()]), answer.headers

    body, headers = run(work)
    assert json.loads(body)["choices"][0]["message"]["content"]
    assert {k.lower(): v for k, v in headers.items()}["served-model-name"] == "gpt"
    assert chat.requests()[0]["path"] == "/serving-endpoints/chat/served-models/gpt/invocations"


def test_the_caller_pays_with_their_own_token_only(chat: Backdoor, bob_sees: Workspace) -> None:
    async def work(invoker: Invoker) -> None:
        headers = {"authorization": "Bearer dapi-alice", "Cookie": "a=b", "X-Databricks-Org-Id": "1"}
        async with await invoker.open(bob_sees, "chat", ask("hi", stream=False), headers):
            pass

    run(work)
    assert [row["user"] for row in chat.requests()] == ["bob@example.com"]


def test_a_reader_who_leaves_hangs_up_on_the_model(chat: Backdoor, bob_sees: Workspace) -> None:
    async def work(invoker: Invoker) -> float:
        async with await invoker.open(bob_sees, "chat", ask("[[tokens 2000]] [[pace 20/s]]")) as answer:
            async for _ in answer.chunks():
                break
        left = time.monotonic()
        await wait_until(lambda: statuses(chat) == [499])
        return time.monotonic() - left

    assert run(work) < 2


def test_a_cancelled_request_hangs_up_too(chat: Backdoor, bob_sees: Workspace) -> None:
    async def work(invoker: Invoker) -> None:
        body = ask("[[delay 20s]] [[tokens 5]]")
        task = asyncio.create_task(invoker.open(bob_sees, "chat", body))
        await wait_until(lambda: len(chat.requests()) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    began = time.monotonic()
    run(work)
    assert time.monotonic() - began < 5


def statuses(chat: Backdoor) -> list[int]:
    """How the workspace says its invocations of `chat` ended; 499: the client left."""
    return [served.status for served in chat.world.endpoints["chat"].served.recent]


async def wait_until(true: Callable[[], bool]) -> None:
    """Poll a condition for at most 5 s."""
    deadline = time.monotonic() + 5
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, "it did not happen within 5 s"
        await asyncio.sleep(0.02)


def refused(chat: Backdoor, bob_sees: Workspace, name: str = "chat", text: str = "hi") -> PortalError:
    """The error an invocation ends with before its stream began."""

    async def work(invoker: Invoker) -> None:
        async with await invoker.open(bob_sees, name, ask(text)) as answer:
            async for _ in answer.chunks():
                pass

    with pytest.raises(PortalError) as error:
        run(work, timeout_s=1)
    return error.value


def test_a_limit_is_told_with_its_wait_and_nothing_is_sent_again(chat: Backdoor, bob_sees: Workspace) -> None:
    chat.fault("status", URL, "POST", times=5, status=429, headers={"Retry-After": "30"})
    error = refused(chat, bob_sees)
    assert (error.status, "30 s" in error.hint) == (429, True)
    assert len(chat.requests()) == 1


@pytest.mark.parametrize("fault", ["reset", "drop_reply", "truncate"])
def test_a_lost_answer_is_an_error_and_nothing_is_sent_again(chat: Backdoor, bob_sees: Workspace, fault: str) -> None:
    chat.fault(fault, URL, "POST", times=5)
    assert isinstance(refused(chat, bob_sees), Unavailable)
    assert len(chat.requests()) == 1


def test_a_model_that_takes_too_long_is_given_up(chat: Backdoor, bob_sees: Workspace) -> None:
    began = time.monotonic()
    error = refused(chat, bob_sees, text="[[delay 20s]]")
    assert (error.status, error.code) == (504, "DEADLINE_EXCEEDED")
    assert time.monotonic() - began < 4


def test_refusals_keep_their_status(chat: Backdoor, bob_sees: Workspace, charlie_sees: Workspace) -> None:
    assert refused(chat, bob_sees, "absent").status == 404
    assert refused(chat, charlie_sees).status in (403, 404)
    assert refused(chat, bob_sees, text="[[status 503]]").status == 503


@pytest.mark.parametrize(
    ("name", "entity"), [("a/../b", None), ("..", None), ("a?b", None), ("chat", "../x"), ("c", "")]
)
def test_a_name_that_leads_elsewhere_is_never_sent(
    chat: Backdoor, bob_sees: Workspace, name: str, entity: str | None
) -> None:
    with pytest.raises(NotFound):
        invocations_path(name, entity)
    with pytest.raises(NotFound):
        run(lambda invoker: invoker.open(bob_sees, name, b"{}", entity=entity))
    assert chat.requests() == []


def test_a_workspace_that_is_not_there_is_said_to_be_unreachable(chat: Backdoor, bob_sees: Workspace) -> None:
    bob_sees.host = "http://127.0.0.1:9"
    error = refused(chat, bob_sees)
    assert (error.status, error.hint) == (503, "Nothing was sent. Try again.")
