"""Every reason has a SIP code, a phrase and words in both languages."""

from fanzha.screen.stir.result import VERIFICATION_REASONS, Verification, Verstat, digits_of, unsuccessful


def test_every_reason_has_code_phrase_and_words() -> None:
    for code, reason in VERIFICATION_REASONS.items():
        assert reason.code in (403, 428, 436, 437, 438) and reason.phrase
        assert reason.words.zh and reason.words.en
        assert reason.verstat is not Verstat.PASSED
        assert unsuccessful(code) == Verification(reason.verstat, code)
        assert unsuccessful(code).code == reason.code


def test_a_passed_result_has_no_code() -> None:
    assert Verification(Verstat.PASSED, "", "A").code == 0


def test_a_canonical_number_loses_its_plus() -> None:
    assert [digits_of(number) for number in ("+8617000000001", "95588", "")] == ["8617000000001", "95588", ""]
