"""The tables of peers are checked with the key that is wrong, and a password lies in a file of mode 600."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.delivery_settings import DeliverySettings, load_delivery_settings, read_secret

SMPP = '[deliver.smpp]\nhost = "127.0.0.1"\nsystem_id = "fanzha"\npassword_file = "smsc"\nsender = "96110"\n'
VOICE = '[deliver.voice]\nproxy = "sip.example"\ncaller = "96110"\n'


def test_without_tables_nothing_is_sent(tmp_path: Path) -> None:
    assert load_delivery_settings(tmp_path) == DeliverySettings()
    assert load_delivery_settings(tmp_path).channels() == frozenset()


def test_each_table_sets_up_its_channels(tmp_path: Path) -> None:
    (tmp_path / "fanzha.toml").write_text(SMPP + VOICE)
    assert load_delivery_settings(tmp_path).channels() == {"text", "flash_sms", "voice"}
    (tmp_path / "fanzha.toml").write_text(
        '[deliver.email]\nhost = "mail.example"\nsender = "warn@bureau.example"\n'
        '[deliver.app]\nurl = "https://app.example/warn"\n'
    )
    assert load_delivery_settings(tmp_path).channels() == {"email", "app"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMPP + "window = 0\n", "window"),
        (SMPP + 'bind = "both"\n', "bind"),
        (SMPP.replace("96110", "9 6"), "sender"),
        (SMPP.replace("fanzha", "a-name-of-16-char"), "system_id"),
        (SMPP + 'service_type = "warning"\n', "service_type"),
        (VOICE.replace("96110", "anybody"), "caller"),
        (VOICE + "ring = 4\n", "ring"),
        ('[deliver.fax]\nhost = "x"\n', "fax"),
        ('[deliver.app]\nurl = "ftp://app.example"\n', "url"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "fanzha.toml").write_text(text)
    with pytest.raises(UsageError, match=named):
        load_delivery_settings(tmp_path)


def test_a_password_is_read_from_a_private_file_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        read_secret("smsc", tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "smsc").write_text("secret\n")
    (tmp_path / "keys" / "smsc").chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        read_secret("smsc", tmp_path)
    (tmp_path / "keys" / "smsc").chmod(0o600)
    assert read_secret("smsc", tmp_path) == "secret"
