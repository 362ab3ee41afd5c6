"""Settings of the resolver zone say what is wrong with them; its key is made once and is for the owner alone."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.zone_settings import load_zone_key, load_zone_settings


def write(folder: Path, text: str) -> None:
    (folder / "fanzha.toml").write_text(f"[resolver_zone]\n{text}\n")


def test_without_the_table_there_is_no_zone(tmp_path: Path) -> None:
    assert load_zone_settings(tmp_path) is None


def test_a_zone_needs_its_name_alone(tmp_path: Path) -> None:
    write(tmp_path, 'name = "rpz.carrier.example"\ntransfer_without_key = ["192.0.2.0/28"]')
    settings = load_zone_settings(tmp_path)
    assert settings is not None and settings.profile().name == "rpz.carrier.example"
    assert settings.may_transfer_without_key("192.0.2.7") and not settings.may_transfer_without_key("192.0.2.99")


@pytest.mark.parametrize(
    "text",
    [
        'name = "not a name"',
        'name = "rpz.example"\nlisten = "nowhere"',
        'name = "rpz.example"\nwarning_addresses = ["warning.example"]',
        'name = "rpz.example"\ntransfer_without_key = ["192.0.2.1/8"]',
        'name = "rpz.example"\nwarning_listen = "127.0.0.1:80"',
        'name = "rpz.example"\nnothing_known = 1',
    ],
)
def test_wrong_settings_are_named_with_their_file(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match=r"fanzha.toml, \[resolver_zone\]"):
        load_zone_settings(tmp_path)


def test_the_key_is_made_once_and_refused_when_others_can_read_it(tmp_path: Path) -> None:
    secret = load_zone_key(tmp_path)
    assert len(secret) == 32 and load_zone_key(tmp_path) == secret
    path = tmp_path / "keys" / "resolver-zone.tsig"
    path.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        load_zone_key(tmp_path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(UsageError, match="no key of 32 bytes"):
        load_zone_key(tmp_path)
