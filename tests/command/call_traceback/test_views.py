"""The desk traces calls, sees the chain with its clocks, and keeps trunks and links."""

from pathlib import Path

import pytest
from tests.command.call_traceback.chain_made import AT, CALLED, REAL_CALLER, Wire, begin
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db]


def test_a_call_is_traced_and_drawn(world: World, wire: Wire) -> None:
    browser = world.client("carrier", Role.ANALYST)
    form = {"called": CALLED, "called_at": "2026-03-01T08:00:00", "purpose": "fraud", "reason": "made up"}
    assert browser.post("/tracebacks/new/", form | {"called": "x"}).status_code == 422
    answer = browser.post("/tracebacks/new/", form)
    assert "are being searched" in browser.get(answer["Location"]).content.decode()
    row = begin(world)
    wire.run()
    page = browser.get(f"/tracebacks/{row.ref}/").content.decode()
    for words in (
        "hop-chain",
        "Example mvno",
        "Enterprise voice line".lower(),
        "Caller number changed at hop 1",
        "LINE-7",
    ):
        assert words in page
    assert CALLED not in page and REAL_CALLER not in page
    assert "Example far_carrier" in browser.get("/tracebacks/").content.decode()


def test_numbers_are_shown_with_a_purpose(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    browser = world.client("carrier", Role.ANALYST)
    assert CALLED in browser.post(f"/tracebacks/{row.ref}/", {"purpose": "for the police"}).content.decode()
    refused = browser.post(f"/tracebacks/{row.ref}/", {"purpose": ""})
    assert refused.status_code == 422 and CALLED not in refused.content.decode()


def test_the_operator_of_the_origin_is_led_to_its_steps(world: World, wire: Wire) -> None:
    from tests.command.call_traceback.chain_made import part_of

    begin(world)
    wire.run()
    part, browser = part_of(world, "mvno"), world.client("mvno", Role.ANALYST)
    assert "customer of yours" in browser.get(f"/tracebacks/{part.ref}/").content.decode()
    process = browser.get(f"/processes/{part.process}/").content.decode()
    assert "Re-check the customer" in process and "Hand it over as a lead" in process


def test_trunks_and_links_are_entered(world: World, home: Path) -> None:
    browser, partner = world.client("carrier", Role.ADMINISTRATOR), world["far_carrier"]
    assert browser.post("/tracebacks/trunks/", {"trunk": "T-1", "kind": "operator"}).status_code == 422
    entry = {"trunk": "T-1", "kind": "foreign", "name": "Carrier Abroad", "country": "SG"}
    assert browser.post("/tracebacks/trunks/", entry).status_code == 302
    assert "Carrier Abroad SG" in browser.get("/tracebacks/trunks/").content.decode()
    assert browser.get("/tracebacks/links/", {"partner": partner.ref})["Location"].endswith(f"{partner.ref}/")
    address = f"/tracebacks/links/{partner.ref}/"
    assert browser.post(address, {"url": "ftp://x"}).status_code == 422
    saved = {"url": "https://b.example/x", "secret_file": "b", "answers_alone": "on", "is_active": "on"}
    assert browser.post(address, saved).status_code == 302
    assert "whpk_" in browser.get(address).content.decode() and browser.post(f"{address}key/").status_code == 302
    assert "b.example" in browser.get("/tracebacks/links/").content.decode()


def test_pages_are_in_chinese(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    browser = world.client("carrier", Role.ANALYST, language="zh-hans")
    page = browser.get(f"/tracebacks/{row.ref}/").content.decode()
    assert "主叫号码在第1跳被改" in page and "企业语音专线" in page and "已查明源头" in page
    assert AT is not None and "来电溯源" in browser.get("/tracebacks/").content.decode()


def test_a_process_leads_to_its_traceback_for_those_who_read_it(world: World, home: Path) -> None:
    row = begin(world)
    address = f"/tracebacks/process/{row.process}/"
    assert world.client("carrier", Role.ANALYST).get(address)["Location"] == f"/tracebacks/{row.ref}/"
    assert world.client("carrier", Role.CLERK).get(address)["Location"] == f"/processes/{row.process}/"
    assert world.client("far_carrier", Role.ANALYST).get(address)["Location"] == f"/processes/{row.process}/"
