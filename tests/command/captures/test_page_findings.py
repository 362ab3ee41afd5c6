"""One sign alone accuses no page; a form for secrets that hides, or that looks like a brand elsewhere, does."""

import msgspec
import pytest
from tests.command.captures.looks_made import make_record

from fanzha.claims import Mode
from fanzha.command.captures.page_findings import build_site_event, find_page_findings, strange_brands
from fanzha.store.look_record import BrandLikeness, DownloadFacts, LookRecord


def own_findings(record: LookRecord) -> list[tuple[str, float]]:
    found = find_page_findings(record, "o1", ["script:x"], simulated=True)
    return [(finding.subject, finding.score) for finding in found if finding.detector == "page-look"]


def test_a_hidden_form_of_a_copied_brand_is_found_in_shadow() -> None:
    found = find_page_findings(make_record(), "o1", ["script:x"], simulated=True)
    (finding,) = [each for each in found if each.detector == "page-look"]
    assert (
        finding.score == 0.95
        and finding.mode is Mode.SHADOW
        and finding.owner_organisation == "o1"
        and finding.simulated
    )
    assert msgspec.json.decode(finding.evidence)["kits"] == ["script:x"]
    assert "hides itself" in finding.sentence_en and "短信验证码" in finding.sentence_zh


@pytest.mark.parametrize(
    "changes",
    [
        {"differences": (), "brands": ()},
        {"brands": (BrandLikeness("bank-example.test", "icon", "a.png", 0),), "differences": ()},
    ],
)
def test_a_form_alone_or_of_the_brand_itself_is_innocent(changes: dict[str, object]) -> None:
    assert own_findings(msgspec.structs.replace(make_record(), **changes)) == []


def test_hiding_without_a_form_is_innocent() -> None:
    assert own_findings(make_record(asks=())) == []


def test_an_app_that_is_handed_to_some_is_found() -> None:
    record = make_record(asks=())
    visits = tuple(
        msgspec.structs.replace(visit, downloads=(DownloadFacts("u", "bank.APK", 9, "00"),)) for visit in record.visits
    )
    assert own_findings(msgspec.structs.replace(record, visits=visits))[0][1] == 0.85


def test_a_look_that_saw_nothing_finds_nothing() -> None:
    assert find_page_findings(LookRecord("http://a.example/", 0), "o1", [], simulated=False) == []


def test_a_brand_is_at_home_on_its_own_names() -> None:
    likeness = BrandLikeness("bank.example", "icon", "a.png", 0)
    assert strange_brands([likeness], "www.bank.example") == strange_brands([likeness], "bank.example") == []
    assert strange_brands([likeness], "notbank.example") == [likeness]


def test_the_event_has_the_facts_of_the_page() -> None:
    record = make_record()
    visit = record.telling_visit
    assert visit is not None
    event = build_site_event(record, visit)
    assert event["seen_by"] == ["crawl"] and dict(event["page_facts"][0]) == visit.facts
