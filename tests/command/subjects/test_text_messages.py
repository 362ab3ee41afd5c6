"""A text goes to the gateway of the settings with the headers of its sender; without a gateway it says so."""

from pathlib import Path

import pytest
from tests.command.orders.receiving import Receiver

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.subjects.text_messages import has_gateway, post_text


def test_without_a_gateway_there_is_none(home: Path) -> None:
    assert not has_gateway()
    with pytest.raises(UsageError):
        post_text("+8617000001234", Words("告知", "notice"), {})


@pytest.mark.usefixtures("socket_enabled")
def test_a_text_is_posted_with_further_headers(home: Path) -> None:
    (home / "keys").mkdir(mode=0o700)
    password = home / "keys" / "gateway"
    password.touch(0o600)
    password.write_text("secret", "utf-8")
    with Receiver() as receiver:
        table = f'[warn]\nurl = "{receiver.address}"\nusername = "u"\npassword_file = "gateway"\nsender = "10086"\n'
        (home / "fanzha.toml").write_text(f"{table}local_addresses = true\n", "utf-8")
        assert has_gateway()
        post_text("+8617000001234", Words("", "a notice"), {"X-Kannel-Validity": "9"})
    ((_path, headers, body),) = receiver.got
    assert body == b"a notice" and headers["x-kannel-validity"] == "9" and headers["x-kannel-to"] == "+8617000001234"
