"""Scores add up; what honest owners show too adds nothing to their ability; brands are known by loaded certificates."""

from fanzha.brands import Brand, BrandTable
from fanzha.detect._app.abilities import AppFacts, find_topic
from fanzha.detect._app.assessment import AppAssessment, BrandApps, assess

NOBODY = BrandApps(BrandTable([Brand("a.example", "示例银行")]))


def judge(label: str, permissions: set[str], signs: set[str], brands: BrandApps = NOBODY) -> AppAssessment:
    facts = AppFacts("com.example.a", label, frozenset(permissions), frozenset(signs), (), find_topic(label))
    found = assess(facts, ("b" * 64,), "", brands, {})
    assert found is not None
    return found


RELAY = {"code.nfc_reader", "code.sockets"}


def test_an_app_without_an_ability_has_no_score() -> None:
    assert judge("示例贷款", {"READ_SMS"}, {"packer.bangcle", "key.test"}).score == 0


def test_a_further_ability_and_what_aggravates_add_up() -> None:
    one = judge("a", {"READ_SMS"}, {"service.accessibility"})
    two = judge("a", {"READ_SMS"}, {"service.accessibility", "service.screen_capture"})
    assert (one.score, two.score) == (0.4, 0.65)  # a tenth for texts beside the screen
    assert judge("贷款", {"READ_SMS"}, {"service.accessibility", "key.test"}).score == 0.75


def test_a_packed_bank_may_read_cards() -> None:
    assert judge("示例银行", {"NFC", "INTERNET"}, RELAY | {"packer.bangcle"}).score == 0.45
    assert judge("示例银行", {"NFC", "INTERNET"}, RELAY | {"key.debug"}).score == 0.6


def test_brands_without_certificates_are_not_spoken_of() -> None:
    assert judge("示例银行", set(), set()).brand is None
    known = BrandApps(BrandTable([Brand("a.example", "示例银行", signers=("c" * 64,))]))
    assert judge("示例银行极速版", set(), set(), known).score == 0.9
