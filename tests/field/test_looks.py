"""Looks at a zoo with real Chromium: cloaked sites are seen through, hostile pages end in time, nothing gets inside."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.field.sip_stacks import PEERS
from tests.field.zoo.server import ZooServer, make_tls, open_zoo
from tests.field.zoo.sites import HOSTILE, Page, Site, make_brands, make_hostile, make_zoo

from fanzha.collect.pages.look import look_at, look_briefly
from fanzha.collect.pages.look_folder import find_changed_files
from fanzha.collect.pages.page_facts import SECRETS
from fanzha.store.look_record import LookRecord
from fanzha.store.look_settings import LookSettings

pytestmark = pytest.mark.field
APK = Page(
    b"PK\x03\x04 not opened", "application/vnd.android.package-archive", disposition='attachment; filename="bank.apk"'
)
HANDING = Site(
    "app.example",
    "phishing",
    {"/": Page(b'<title>x</title><p>app</p><script>location="/bank.apk"</script>'), "/bank.apk": APK},
)
#: Names that hide members of its document and form from a reader, and links that are none.
HIDING = Site(
    "hiding.example",
    "phishing",
    {
        "/": Page(
            b'<title>Log in</title><link rel=icon href="http://["><a href="http://[YOUR-SITE]/">x</a>'
            b"<img name=querySelectorAll><img name=documentElement><img name=body>"
            b"<form class=logo action=/in><input name=getAttribute><input name=hasAttribute><input name=method>"
            b"<input name=getBoundingClientRect><input type=password name=p></form>"
        )
    },
)
#: How many sites of each kind are looked at; ZOO sets another number.
SITES = int(os.environ.get("ZOO", "4"))


@pytest.fixture(scope="module")
def zoo() -> Iterator[ZooServer]:
    with open_zoo([*make_brands(), *make_zoo(7, phishing=40, honest=60), *make_hostile(), HANDING, HIDING]) as server:
        yield server


def settings(zoo: ZooServer, **changes: object) -> LookSettings:
    given: dict[str, object] = {
        "hosts": _hosts(zoo),
        "page_seconds": 6.0,
        "look_seconds": 40.0,
    }
    return LookSettings(**(given | changes))  # type: ignore[arg-type]


def _hosts(zoo: ZooServer) -> dict[str, str]:
    names = [*zoo.sites, *(f"collect-{kit}.test" for kit in range(4))]
    return dict.fromkeys(names, f"127.0.0.1:{zoo.server_port}")


def test_cloaked_sites_are_seen_through_and_honest_ones_are_not_accused(
    zoo: ZooServer, capsys: pytest.CaptureFixture[str]
) -> None:
    phishing = [site for site in zoo.sites.values() if site.kind == "phishing" and site.brand][:SITES]
    honest = [site for site in zoo.sites.values() if site.kind == "honest"][:SITES]
    looks = {site.host: look_briefly(f"http://{site.host}/", settings(zoo)) for site in [*phishing, *honest]}
    assert [site.host for site in phishing if not _asks(looks[site.host])] == []
    assert [site.host for site in phishing if looks[site.host].is_cloaked != bool(site.cloak)] == []
    assert [site.host for site in honest if looks[site.host].is_cloaked] == []
    cpu = [look.cpu_seconds for look in looks.values()]
    with capsys.disabled():
        print(f"\n{len(phishing)} phishing, {len(honest)} honest; {sum(cpu) / len(cpu):.2f} CPU-seconds a look")


def _asks(look: LookRecord) -> set[str]:
    visit = look.telling_visit
    return set(visit.asks) & SECRETS if visit else set()


def test_evidence_is_whole_and_a_file_that_is_handed_out_stays_closed(zoo: ZooServer, tmp_path: Path) -> None:
    record = look_at("http://app.example/", tmp_path / "look", settings(zoo, personas=("phone",)))
    (download,) = record.visits[0].downloads
    assert download.name == "bank.apk" and (tmp_path / "look" / "downloads" / download.sha256).read_bytes() == APK.body
    assert record.isolation == "namespaces" and find_changed_files(tmp_path / "look") == []


def test_a_reader_of_web_archives_finds_each_digest_and_the_page(zoo: ZooServer, tmp_path: Path) -> None:
    site = next(site for site in zoo.sites.values() if site.kind == "phishing" and site.brand and not site.cloak)
    look_at(f"http://{site.host}/", tmp_path / "look", settings(zoo, personas=("phone",)))
    file = str(tmp_path / "look" / "pages.warc.gz")
    checked = _warcio("check", "-v", file)
    assert checked.count("digest pass") >= 4 and "fail" not in checked
    index = _warcio("index", file, "-f", "offset,warc-type,warc-target-uri,http:status").splitlines()
    page = next(row for row in map(json.loads, index) if "kit.js" in row.get("warc-target-uri", ""))
    assert page["http:status"] == "200"
    assert _warcio("extract", "--payload", file, page["offset"]).encode() == site.pages["/kit.js"].body


def _warcio(*command: str) -> str:
    """Run a reader of web archives that is not ours (warcio, of `tools/field_peers`)."""
    done = subprocess.run([PEERS / "bin" / "warcio", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_page_over_https_is_seen_with_the_certificate_of_its_server(tmp_path: Path) -> None:
    site = next(site for site in make_zoo(7, phishing=1, honest=0) if not site.cloak)
    tls, digest = make_tls([site.host], tmp_path)
    with open_zoo([site], tls=tls) as zoo:
        hosts = {f"{site.host}:443": f"127.0.0.1:{zoo.server_port}"}
        record = look_briefly(f"https://{site.host}/", settings(zoo, hosts=hosts, personas=("phone",)))
    (visit,) = [visit for visit in record.visits if visit.persona == "phone"]
    assert visit.asks and visit.certificate is not None and visit.certificate.sha256 == digest
    assert not visit.certificate.is_trusted and visit.server_hello


def test_a_page_hides_its_form_neither_by_names_nor_by_malformed_links(zoo: ZooServer) -> None:
    visit = look_briefly("http://hiding.example/", settings(zoo, personas=("desktop",))).visits[0]
    assert visit.title == "Log in" and "password" in visit.asks and visit.dom and not visit.ended_by


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_in_time_with_a_reason(name: str, zoo: ZooServer) -> None:
    started = time.monotonic()
    record = look_briefly(
        f"http://{name}.hostile.test/",
        settings(zoo, personas=("phone",), most_bytes=8_000_000, memory_bytes=900_000_000, page_seconds=4.0),
    )
    assert time.monotonic() - started < 40
    reasons = {record.problem, *(visit.ended_by for visit in record.visits if visit.persona == "phone")} - {""}
    assert reasons or name in ("popups", "leak", "dom", "bomb", "memory")
    reached = {each.address for each in record.connections if each.address}
    assert reached <= {"127.0.0.1"} and all(
        each.host.endswith(".hostile.test") for each in record.connections if each.address
    )
    assert not any("root:" in visit.title for visit in record.visits)


def test_the_browser_reaches_nothing_but_the_proxy(zoo: ZooServer) -> None:
    record = look_briefly("http://leak.hostile.test/", settings(zoo, personas=("desktop",)))
    refused = {each.host for each in record.connections if each.refused}
    assert {"169.254.169.254", "10.0.0.1"} & refused or record.visits[0].websockets
