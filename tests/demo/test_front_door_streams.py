"""What streams through the front door arrives as it comes, and ends when one side leaves or the time is up."""

from collections.abc import Iterator

import pytest
import requests

from tests.demo.echo_app import EchoApp
from web.emulator.front_door import COOKIE, FrontDoor


def test_each_chunk_arrives_before_the_next_is_sent(echo: EchoApp, echo_door: FrontDoor) -> None:
    cookies = {COOKIE: echo_door.sign_in("bob")}
    with requests.get(f"{echo_door.url}/stream", cookies=cookies, stream=True, timeout=10) as reply:
        lines = reply.iter_lines(chunk_size=1)
        assert next(lines) == b"data: first"
        echo.release()
        assert b"data: second" in list(lines)


def test_an_upload_streams_both_ways(echo_door: FrontDoor) -> None:
    def body() -> Iterator[bytes]:
        yield from (b"one", b"two")

    headers = {"Authorization": "Bearer dapi-bob"}
    reply = requests.post(f"{echo_door.url}/api/upload", data=body(), headers=headers, timeout=10)
    assert reply.text.replace("got ", "") == "onetwo"


def test_when_the_reader_leaves_the_app_is_told(echo: EchoApp, echo_door: FrontDoor) -> None:
    cookies = {COOKIE: echo_door.sign_in("bob")}
    with requests.get(f"{echo_door.url}/stream", cookies=cookies, stream=True, timeout=10) as reply:
        assert next(reply.iter_content(5))
    assert echo.gone.wait(10)


def test_a_response_is_cut_when_its_time_is_up(echo: EchoApp) -> None:
    door = FrontDoor(echo.url, cut_after_s=0.3).start()
    try:
        reply = requests.get(f"{door.url}/stream", cookies={COOKIE: door.sign_in("bob")}, stream=True, timeout=10)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(reply.iter_content(1))
        assert echo.gone.wait(10)
    finally:
        door.stop()
