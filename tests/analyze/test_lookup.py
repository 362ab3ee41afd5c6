"""A value is known by the kinds it resembles, by an operator's tables, and by detectors that need no company."""

import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.findings import finding

from fanzha.analyze import lookup
from fanzha.analyze.lookup import as_json, look_up, match_kinds
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect import BatchDetector
from fanzha.kinds.numbering.operator_tables import PORTABILITY_SCHEMA
from fanzha.kinds.phone_number import NumberingTables, Portability


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("+8619100000101", "phone_number"),
        ("95588", "short_code"),
        ("https://www.icbc.com.cn@evil.example/login", "website"),
        ("11010519491231002X", "person"),
        ("91350100M000100Y43", "organization"),
        ("6222021234567890128", "payment_account"),
        ("460011234567890", "sim_card"),
        ("356938035643809", "device"),
        ("微信：abc_1234", "account"),
        ("com.example.mobilebank", "app"),
        ("+123", "phone_number"),
    ],
)
def test_the_kind_is_guessed(raw: str, kind: str) -> None:
    assert match_kinds(raw)[0].kind.name == kind


def test_a_text_that_may_be_two_things_is_told_as_both() -> None:
    assert {guess.kind.name for guess in match_kinds("t.me/some_name")} >= {"account", "website"}


def test_a_kind_that_is_named_is_taken_at_its_word() -> None:
    assert [(guess.kind.name, guess.value) for guess in match_kinds(" IGW 07", "trunk")] == [("trunk", "IGW 07")]


@pytest.mark.parametrize(
    ("raw", "kind", "says"),
    [
        ("x", "person", "not a person"),
        ("x", "nothing", "no kind 'nothing'"),
        ("!", None, "resembles nothing"),
        ("95588A", None, "letters stand in it"),
        ("ll0", "phone_number", "letters stand in it"),
    ],
)
def test_what_cannot_be_looked_up_is_a_usage_error(raw: str, kind: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        look_up(raw, kind)


def test_identity_and_card_numbers_are_masked_and_others_shown() -> None:
    assert look_up("11010519491231002X")[0].display == "居民身份证 11••••••••••••••••"
    assert look_up("6222021234567890128")[0].display == "card:622202•••••••••0128"
    assert look_up("evil.example", "website")[0].display == "evil.example"
    assert b"19491231" not in as_json(look_up("11010519491231002X"))


def test_an_operators_tables_tell_who_carries_the_number_now() -> None:
    rows = [{"number": "+8619100000101", "operator": "移动", "valid_from": None, "valid_until": None}]
    tables = NumberingTables(Portability(pa.Table.from_pylist(rows, schema=PORTABILITY_SCHEMA)))
    (results,) = look_up("+8619100000101", tables=tables)
    facts = {fact.name: fact.words.en for fact in results.facts}
    assert facts["operator_now"] == "China Mobile (by the portability table)"
    assert "operator_now" not in {fact.name for fact in look_up("+8619100000101")[0].facts}


class EverySiteDetector(BatchDetector):
    """Finds something about every site, whatever it is called."""

    name = "every-site"
    version = "1"
    title = tells = Words("每个网站", "every site")
    reads = ("site_seen",)
    law = ("ATF Art. 25",)
    examples = ()

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Claim one finding a row, with what the row says."""
        for row in batch.to_pylist():
            yield finding(
                subject_kind="website",
                subject=row["host"],
                reasons_en=(str(row["url"]),),
                score=0.5,
                found_at=row["occurred_at"],
                event_ids=(row["event_id"],),
                basis=legal_basis(self.law, row["basis"]),
                simulated=row["simulated"],
            )


def test_an_operators_own_brand_is_known_at_a_look_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "brands.toml").write_text("[[brand]]\ndomain = 'zorblaxbank.com'\n", "utf-8")
    (results,) = look_up("https://zorblaxbank-login.example/")
    assert [finding.fraud_type for finding in results.findings] == ["brand_imitation"]


def test_detectors_are_asked_about_one_site_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.detect.all_detectors", lambda: {"every-site": EverySiteDetector()})
    (results,) = look_up("https://evil.example/login")
    (finding,) = results.findings
    assert (finding.subject, finding.reasons_en) == ("evil.example", ("https://evil.example/login",))
    assert finding.basis == f"ATF Art. 25; {lookup.BASIS}" and not finding.simulated
    assert json.loads(as_json([results]))[0]["findings"][0]["score"] == 0.5
