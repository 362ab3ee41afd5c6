"""The settings file of a screen is checked whole: each mistake is told in both languages, with what to write."""

from pathlib import Path

import pytest

from fanzha.base.errors import WrongCall
from fanzha.screen.settings import Acting, read_settings

GOOD = """
[site]
name = "north"

[sip.edge]
port = 5070
trunk_header = "X-Fanzha-Trunk"
trusted = true

[http]
port = 8300

[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "shadow"

[trunks."*"]
acts = "label"
"""


def settings_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "screen.toml"
    path.write_text(text, encoding="utf-8")
    return path


def told(tmp_path: Path, text: str) -> str:
    with pytest.raises(WrongCall) as caught:
        read_settings(settings_of(tmp_path, text))
    return str(caught.value)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    settings = read_settings(settings_of(tmp_path, GOOD))
    assert settings.site.name == "north"
    assert settings.trunk("IGW-1").acts is Acting.REFUSE
    assert settings.trunk("IGW-1").rules is Acting.SHADOW


def test_a_trunk_without_a_table_has_that_of_the_star_and_else_only_watches(tmp_path: Path) -> None:
    assert read_settings(settings_of(tmp_path, GOOD)).trunk("X").acts is Acting.LABEL
    without = read_settings(settings_of(tmp_path, "[http]\n"))
    assert without.trunk("X").acts is Acting.SHADOW
    assert without.trunk("X").fail == "open"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing listens"),
        ("[http]\nport = 99999\n", "[http]"),
        ('[http]\naddress = "everywhere"\n', "is no IP address"),
        ('[htpp]\n[sip.a]\ntrunk = "T"\n[trunks.T]\n', "there is no table htpp"),
        ("[sip.a]\n", "must say where the trunk is known from"),
        ('[sip.a]\ntrunk_group = true\ntrunk_header = "X"\n', "in one way"),
        ('[sip.a]\ntrunk = "T"\n', "has no table [trunks.T]"),
        ("[sip.a]\ntrunk_group = true\n[sip.b]\ntrunk_group = true\n", "both want port 5070"),
        ('[http]\n[trunks.T]\nacts = "share"\n', "write share = 0.1"),
        ("[http]\n[trunks.T]\nshare = 0.5\n", "does not act on one"),
        ('[http]\n[trunks.T]\nacts = "sometimes"\n', "[trunks.T]"),
        ('[http]\n[trunks.T]\ningres = "voip"\n', "ingres"),
        ('[http]\n[other_sites.b]\naddress = "127.0.0.1"\nport = 7070\n', "but no [site_link]"),
        ('[http]\n[site_link]\naddress = "192.0.2.7"\n', "must be secured"),
        ('[sip.a]\ntrunk_group = true\npeers = ["here"]\n', "is no network"),
        ('[sip.a]\ntrunk_group = true\naddress = "192.0.2.7"\n', "write peers"),
        ("[http\n", "is no TOML"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    assert says in told(tmp_path, text)


def test_one_mistake_does_not_hide_another(tmp_path: Path) -> None:
    said = told(tmp_path, "[http]\nport = 0\n[snapshot]\noldest = 3\n[trunks.T]\nshare = 7\n")
    assert "3 mistakes 有 3 处错误" in said
    assert all(f"[{table}]" in said for table in ("http", "snapshot", "trunks.T"))


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="settings file"):
        read_settings(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "screen.toml"
    path.write_bytes("[http] # 屏".encode("gb18030"))
    with pytest.raises(WrongCall, match="UTF-8"):
        read_settings(path)
