"""Addresses of syslog listeners; the live test is in tests/field."""

import pytest

from fanzha.analyze.watch.syslog_input import is_syslog, parse_listener
from fanzha.base.errors import UsageError


def test_without_a_host_only_this_machine_is_listened_to() -> None:
    assert parse_listener("syslog://:5514") == ("127.0.0.1", 5514)
    assert parse_listener("syslog://0.0.0.0:5514") == ("0.0.0.0", 5514)
    assert parse_listener("syslog://[::1]") == ("::1", 514)


@pytest.mark.parametrize("url", ["syslog://127.0.0.1:99999", "syslog://127.0.0.1:514/x", "syslog://a@127.0.0.1:514"])
def test_a_wrong_address_is_a_usage_error(url: str) -> None:
    assert is_syslog(url)
    with pytest.raises(UsageError, match="syslog"):
        parse_listener(url)
