"""The settings file of a screen is checked whole: each mistake is told in both languages, with what to write."""

from pathlib import Path

import pytest
from tests.screen.http.certificates import write_certificate

from fanzha.base.errors import UsageError
from fanzha.screen.settings import EnforcementStep
from fanzha.screen.settings_reader import find_notes, load_http_tls, read_gateway, read_settings

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
    with pytest.raises(UsageError) as caught:
        read_settings(settings_of(tmp_path, text))
    return str(caught.value)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    settings = read_settings(settings_of(tmp_path, GOOD))
    assert settings.site.name == "north"
    assert settings.trunk("IGW-1").acts is EnforcementStep.REFUSE
    assert settings.trunk("IGW-1").rules is EnforcementStep.SHADOW


def test_a_trunk_without_a_table_has_that_of_the_star_and_else_only_watches(tmp_path: Path) -> None:
    assert read_settings(settings_of(tmp_path, GOOD)).trunk("X").acts is EnforcementStep.LABEL
    without = read_settings(settings_of(tmp_path, "[http]\n"))
    assert without.trunk("X").acts is EnforcementStep.SHADOW
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
        ('[sip.a]\ntrunk_group = true\naddress = "0.0.0.0"\ndialog_events = true\n', "write peers"),
        ('[http]\naddress = "0.0.0.0"\n', "write certificate and key"),
        ('[http]\naddress = "::"\n', "behind_tls_proxy = true"),
        ('[http]\ncertificate = "a.pem"\n', "write both"),
        ('[http]\nkey = "a.key"\n', "write both"),
        ('[http]\n[hep]\naddress = "0.0.0.0"\npeers = ["192.0.2.1"]\n', "write key"),
        ('[http]\n[hep]\naddress = "192.0.2.7"\nkey = "secret"\n', "write peers"),
        ('[http]\n[hep]\npeers = ["here"]\n', "[hep] peers: 'here' is no network"),
        ("[http]\n[hep]\njudge = true\n", "[hep] judge must say where the trunk is known from"),
        ('[http]\n[hep]\njudge = true\ntrunk = "T"\ntrunk_header = "X"\n', "one of them"),
        ("[sip.a]\ntrunk_group = true\njudge_dialogs = true\n", "needs dialog_events = true and trunk"),
        ("[http]\n[registrations]\nmost = 0\n", "[registrations]"),
        ("shadow = 1\n[http]\n", "[shadow]"),
        ("[http\n", "is not valid TOML"),
        ('[http]\n[trunks.T]\nwarn = ["pigeon"]\n', "there is no channel pigeon"),
        ('[http]\n[trunks.T]\nwarn = ["flash_sms"]\n', "flash_sms needs an SMS gateway"),
        ("[http]\n[warn]\nvictims = true\n", "victims needs an SMS gateway"),
        ('[http]\n[warn]\nurl = "http://127.0.0.1:1/s"\n', "has a url but no password_file"),
        ('[http]\n[warn]\nurl = "http://192.0.2.7/sendsms"\n', "by https"),
        ('[http]\n[warn]\nurl = "http://a:b@127.0.0.1/"\n', "without password"),
        ('[http]\n[warn]\nurl = "http://127.0.0.1/?password=x"\n', "without password"),
        ('[http]\n[warn]\nurl = "ftp://127.0.0.1/"\n', "an http(s) address"),
        ('[http]\n[warn]\nurl = "http://[::1/"\n', "an http(s) address"),
        ('[http]\n[warn]\nurl = "http://127.0.0.1/s"\nusername = "反诈"\n', "printable ASCII"),
        ('[http]\n[warn]\nsender = "a b"\n', "[warn]"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    assert says in told(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        '[http]\naddress = "127.0.0.9"\n[hep]\naddress = "::1"\n[sip.a]\ntrunk_group = true\n',
        '[http]\naddress = "0.0.0.0"\nbehind_tls_proxy = true\n',
        '[http]\n[hep]\naddress = "0.0.0.0"\nkey = "secret"\npeers = ["192.0.2.0/24", "2001:db8::1"]\n',
    ],
)
def test_listeners_on_loopback_and_closed_ones_beyond_are_right(tmp_path: Path, text: str) -> None:
    read_settings(settings_of(tmp_path, text))


def test_a_listener_beyond_this_machine_speaks_https_with_a_certificate(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    path = settings_of(tmp_path, f'[http]\naddress = "0.0.0.0"\ncertificate = "{certificate}"\nkey = "{key}"\n')
    http = read_settings(path).http
    assert http is not None and load_http_tls(http) is not None


@pytest.mark.parametrize("broken", ["certificate", "key"])
def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path, broken: str) -> None:
    files = dict(zip(("certificate", "key"), write_certificate(tmp_path), strict=True))
    files[broken].write_text("not PEM")
    lines = "".join(f'{name} = "{path}"\n' for name, path in files.items())
    assert "the certificate cannot be used" in told(tmp_path, "[http]\n" + lines)


def test_a_private_key_with_a_pass_phrase_is_refused_and_not_asked_for(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path, pass_phrase=b"secret")
    text = f'[http]\ncertificate = "{certificate}"\nkey = "{key}"\n'
    assert "the certificate cannot be used" in told(tmp_path, text)


def test_one_mistake_does_not_hide_another(tmp_path: Path) -> None:
    message = told(tmp_path, "[http]\nport = 0\n[snapshot]\noldest = 3\n[trunks.T]\nshare = 7\n")
    assert "3 mistakes 有 3 处错误" in message
    assert all(f"[{table}]" in message for table in ("http", "snapshot", "trunks.T"))


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="settings file"):
        read_settings(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "screen.toml"
    path.write_bytes("[http] # 屏".encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_settings(path)


WARNS = """
[http]
[trunks.IGW-1]
warn = ["display_name", "flash_sms"]
[warn]
  url = 'http://127.0.0.1:13013/cgi-bin/sendsms'
username = "fanzha"
password_file = "{}"
sender = "96110"
"""


@pytest.mark.parametrize(
    ("password", "mode", "says"),
    [
        (None, 0, "No such file"),
        ("x", 0o644, "chmod 600"),
        ("\n", 0o600, "no password"),
        ("口令", 0o600, "no password"),
    ],
)
def test_a_password_that_cannot_be_used_is_told(tmp_path: Path, password: str | None, mode: int, says: str) -> None:
    file = tmp_path / "password"
    if password is not None:
        file.write_text(password, "utf-8")
        file.chmod(mode)
    assert says in told(tmp_path, WARNS.format(file))


def test_a_gateway_is_read_with_its_password_which_nothing_prints(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("not-to-be-seen\n")
    file.chmod(0o600)
    settings = read_settings(settings_of(tmp_path, WARNS.format(file)))
    gateway = read_gateway(settings.warn)
    assert (gateway.password, gateway.sender) == ("not-to-be-seen", "96110")
    assert "not-to-be-seen" not in f"{gateway!r} {settings!r}"


def test_calls_are_labelled_by_display_name_unless_said_and_no_gateway_is_needed(tmp_path: Path) -> None:
    settings = read_settings(settings_of(tmp_path, GOOD))
    assert settings.trunk("IGW-1").warn == ("display_name",)
    assert read_gateway(settings.warn).url == ""


def test_a_register_may_not_use_up_the_limit_of_an_answer(tmp_path: Path) -> None:
    slow = '[roaming]\nurl = "http://127.0.0.1:8400/{number}"\nwait_ms = 600\n'
    assert "[roaming] wait_ms must be below [overload] late_ms" in told(tmp_path, GOOD + slow)
    read_settings(settings_of(tmp_path, GOOD + slow + "[overload]\nlate_ms = 601\n"))
    read_settings(settings_of(tmp_path, GOOD + "[roaming]\nwait_ms = 600\n"))


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://10.0.0.8:8400/{number}", "must be asked by https"), ("hlr:8400", "must be an http(s) address")],
)
def test_a_register_on_another_machine_is_asked_by_https(tmp_path: Path, url: str, words: str) -> None:
    assert words in told(tmp_path, GOOD + f'[roaming]\nurl = "{url}"\n')
    for permitted in ("https://10.0.0.8:8400/{number}", "http://localhost:8400/{number}", "http://[::1]/{number}"):
        read_settings(settings_of(tmp_path, GOOD + f'[roaming]\nurl = "{permitted}"\n'))


def test_signatures_need_a_file_of_roots(tmp_path: Path) -> None:
    assert "roots" in told(tmp_path, GOOD + "\n[stir]\n")
    assert "[stir]" in told(tmp_path, GOOD + f'\n[stir]\nroots = "{tmp_path}/none.pem"\n')
    certificate, _ = write_certificate(tmp_path)
    stir = read_settings(settings_of(tmp_path, GOOD + f'\n[stir]\nroots = "{certificate}"\n')).stir
    assert stir is not None and (stir.proves, stir.failed, stir.fresh_seconds) == (("A",), "label", 60)


def test_hosts_of_certificates_that_are_left_open_are_noted(tmp_path: Path) -> None:
    certificate, _ = write_certificate(tmp_path)
    stir = f'\n[stir]\nroots = "{certificate}"\n'
    (note,) = find_notes(read_settings(settings_of(tmp_path, GOOD + stir)))
    assert "[stir] hosts" in note.zh and "any public host" in note.en
    named = read_settings(settings_of(tmp_path, GOOD + stir + 'hosts = ["certificates.example"]\n'))
    assert not list(find_notes(named))
    assert not list(find_notes(read_settings(settings_of(tmp_path, GOOD))))


@pytest.mark.parametrize(
    "wrong", ['proves = ["C"]', 'failed = "withhold"', "fresh_seconds = 0", "ports = [0]", "x = 1"]
)
def test_wrong_settings_of_signatures_are_told(tmp_path: Path, wrong: str) -> None:
    certificate, _ = write_certificate(tmp_path)
    assert "[stir]" in told(tmp_path, GOOD + f'\n[stir]\nroots = "{certificate}"\n{wrong}\n')


def test_an_attestation_header_that_no_trunk_believes_is_told(tmp_path: Path) -> None:
    text = GOOD.replace("trusted = true", 'trusted = true\nattestation_header = "X-Attestation"')
    assert "verifies = true" in told(tmp_path, text)
    read_settings(settings_of(tmp_path, text.replace('rules = "shadow"', 'rules = "shadow"\nverifies = true')))
