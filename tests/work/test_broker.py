"""The embedded broker: while one process sends, another reads every message whole, each once."""

import threading
from queue import Empty

import pytest
from kombu import Connection

from work.broker import Channel

MESSAGES = 400


@pytest.fixture
def connection(tmp_path):
    folders = {name: str(tmp_path / name) for name in ("queue", "control")}
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    options = {"data_folder_in": folders["queue"], "data_folder_out": folders["queue"], "control_folder": folders["control"]}
    with Connection("filesystem://", transport="work.broker:Transport", transport_options=options) as opened:
        yield opened


def test_connection_uses_whole_messages(connection):
    assert isinstance(connection.channel(), Channel)


def test_messages_are_read_whole_and_once_while_they_are_sent(connection):
    sender, reader = connection.channel(), connection.channel()
    found: list[int] = []

    def send() -> None:
        for number in range(MESSAGES):
            sender._put("interactive", {"number": number, "filling": "x" * 4000})

    thread = threading.Thread(target=send)
    thread.start()
    while thread.is_alive() or reader._size("interactive"):
        try:
            found.append(reader._get("interactive")["number"])
        except Empty:
            continue
    thread.join()

    assert sorted(found) == list(range(MESSAGES))
