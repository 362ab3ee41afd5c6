"""A request arrives as it was signed; what is not taken, or leads elsewhere, is told."""

from pathlib import Path

import pytest
from tests.command.orders.receiving import Receiver

from fanzha.command.orders.http_post import RequestFailed, post
from fanzha.dispose import Dispatch

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled")


def test_it_arrives_with_body_and_headers() -> None:
    with Receiver() as receiver:
        assert post(Dispatch(f"{receiver.address}/orders?x=1", {"webhook-id": "a"}, b"{}")) == 202
    ((path, headers, body),) = receiver.got
    assert (path, headers["webhook-id"], body) == ("/orders?x=1", "a", b"{}")


@pytest.mark.parametrize("status", [302, 404, 503])
def test_anything_but_a_2xx_is_not_delivered(status: int) -> None:
    with Receiver(status) as receiver, pytest.raises(RequestFailed, match=str(status)):
        post(Dispatch(receiver.address, {}, b""))
    assert len(receiver.got) == 1  # no redirect is followed


def test_a_receiver_that_is_away_is_told() -> None:
    with Receiver() as receiver:
        pass
    with pytest.raises(RequestFailed):
        post(Dispatch(receiver.address, {}, b""))
    with pytest.raises(RequestFailed, match="name"):
        post(Dispatch("https://nobody.invalid/", {}, b""))


def test_tls_is_verified() -> None:
    with Receiver() as receiver, pytest.raises(RequestFailed):
        post(Dispatch(receiver.address.replace("http:", "https:"), {}, b""))


def test_networks_and_this_machine_are_asked_only_where_the_operator_allows_it(own_home: Path) -> None:
    (own_home / "fanzha.toml").write_text("")
    with Receiver() as receiver, pytest.raises(RequestFailed, match=r"within a network: \[orders\]"):
        post(Dispatch(receiver.address, {}, b""))
    assert receiver.got == []
