"""A wrong setting is named when it is made, not when a call comes."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from fanzha.base.errors import UsageError
from fanzha.screen.sip.listener import FixedTrunk, HeaderNames, Listener, TrunkHeader

SCTP: Any = "sctp"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: Listener("a", "localhost"), "not an IP address: 'localhost'"),
        (lambda: Listener("a", "192.0.2.9", 70_000), "no port 70000"),
        (lambda: Listener("a", "192.0.2.9", protocol=SCTP), "no protocol 'sctp'"),
        (lambda: Listener("a", "192.0.2.9", attestation="a b"), "cannot be called 'a b'"),
        (lambda: TrunkHeader("X-Trunk:"), "cannot be called 'X-Trunk:'"),
        (lambda: TrunkHeader(""), "cannot be called ''"),
        (lambda: TrunkHeader("a" * 65), "cannot be called"),
        (lambda: FixedTrunk(""), "not a trunk's name"),
        (lambda: FixedTrunk("关" * 22), "not a trunk's name"),
        (lambda: FixedTrunk("a\nb"), "not a trunk's name"),
        (lambda: HeaderNames(label="X Label"), "cannot be called 'X Label'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(wrong: Callable[[], Any], text: str) -> None:
    with pytest.raises(UsageError, match=".") as caught:
        wrong()
    assert text in str(caught.value) and caught.value.fix


def test_a_listener_hears_all_or_its_peers() -> None:
    assert Listener("a", "::").accepts("2001:db8::1")
    closed = Listener("a", "0.0.0.0", peers=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")))
    assert [closed.accepts(host) for host in ("192.0.2.1", "2001:db8::1", "198.51.100.1", "2001:db9::1")] == [
        True,
        True,
        False,
        False,
    ]
