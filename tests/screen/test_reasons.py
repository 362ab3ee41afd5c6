"""Every reason has its words in both languages; what a person is told names no rule and no number."""

import re

from fanzha.claims.treatment import Treatment
from fanzha.detect.gateway.reasons import GROUNDS, GatewayReason
from fanzha.screen import reasons


def test_every_reason_has_words_for_both_readers_in_both_languages() -> None:
    for ground in reasons.REASONS.values():
        assert all((*ground.words, *ground.public))


def test_every_ruling_of_the_gateway_guard_has_its_code() -> None:
    for ruled in GatewayReason:
        if ruled is not GatewayReason.NONE:
            reason = reasons.describe_reason(reasons.guard_code(ruled))
            assert reason.words == GROUNDS[ruled].words
            assert reason.meant is Treatment(GROUNDS[ruled].treatment)


def test_the_person_is_told_neither_rule_nor_threshold() -> None:
    text = reasons.describe_reason("rule:call_centre_burst")
    assert "call_centre_burst" in text.words.en and "call_centre_burst" in text.words.zh
    assert not any(re.search(r"\d|rule|规则|call_centre", words) for words in text.public)


def test_codes_are_safe_to_send_as_a_header() -> None:
    assert all(re.fullmatch(r"[a-z_]+", code) for code in reasons.REASONS)
