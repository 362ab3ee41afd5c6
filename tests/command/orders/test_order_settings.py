"""What an operator says of orders, and what he is told when it cannot be read."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.orders.order_settings import OrderSettings, load_order_settings


def test_without_a_file_nothing_goes_to_this_machine(own_home: Path) -> None:
    assert load_order_settings() == OrderSettings() and not OrderSettings().local_addresses


def test_the_table_is_read_and_a_wrong_word_is_named(own_home: Path) -> None:
    (own_home / "fanzha.toml").write_text('[orders]\nwarning_hosts = ["warn.example"]\n')
    assert load_order_settings().warning_hosts == ("warn.example",)
    (own_home / "fanzha.toml").write_text("[orders]\nlocals = true\n")
    with pytest.raises(UsageError, match="locals"):
        load_order_settings()
