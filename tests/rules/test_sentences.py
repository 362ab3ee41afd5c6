"""What a rule says it has seen: values with their units, in both languages."""

import pytest
from tests.rules.rule_texts import codes

from fanzha.base.words import Words
from fanzha.detect import RuleDetector
from fanzha.detect.testing.checks import run_detector
from fanzha.detect.testing.rule_examples import example_rows
from fanzha.rules.sentences import duration_words, moment_words, number_text, percent_text

CALLS = 'with caller = "+8617000000001", callee = "+861700010{n}", trunk = "TG-1"'


def text(lets: str, when: str, sentence: str) -> str:
    return f"""rule r
  on call_ended
{lets}  when {when}
  then find trunk score 0.5
  sentence {sentence}
  example finds nothing
    3 call_ended every 1 min {CALLS}, answered = false, released_by = "caller"
    call_ended at 30 min {CALLS}, answered = true, talk_ms = 90 s
"""


def said(lets: str, when: str, sentence: str) -> Words:
    """Return the sentence of the only finding of a rule in its example."""
    namespace = {"text": text(lets, when, sentence), "lists": {}, "tells": Words("", ""), "examples": ()}
    detector: RuleDetector = type("Said", (RuleDetector,), namespace)()
    (example,) = detector.rules[0].examples
    rows = [row for number, facts in enumerate(example.facts) for row in example_rows(facts, f"e{number}")]
    (finding,) = run_detector(detector, rows)
    return Words(finding.reasons_zh[0], finding.reasons_en[0])


CALLEES = "  let callees = distinct(callee of call_ended by caller, 1h)\n"


def test_numbers_shares_and_masked_numbers_are_written_in_both_languages() -> None:
    lets = CALLEES + "  let unanswered = share(not answered of call_ended by caller, 1h)\n"
    sentence = (
        '"{caller} 呼叫 {callees} 个号码，{unanswered} 未接" '
        '"{caller} called {callees|number|numbers}, {unanswered} in vain"'
    )
    words = said(lets, "callees >= 3 and unanswered < 80%", sentence)
    assert words == Words(
        "+86 17•• ••0 0001 呼叫 3 个号码，75% 未接", "+86 17•• ••0 0001 called 3 numbers, 75% in vain"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("prefix(caller, 20)", "+86 17•• ••0 0001"),
        ("prefix(caller, 5)", "+8617"),
        ("block(caller, 1)", "+86 17•• ••00 00"),
        ("block(caller, 4)", "+861700000****"),
        ("last(trunk else caller of call_ended by trunk, 1h)", "TG-1"),
        ("proven_caller else caller", "+86 17•• ••0 0001"),
    ],
)
def test_a_part_of_a_number_is_shown_where_it_does_not_tell_whose_it_is(value: str, shown: str) -> None:
    lets = f"  let part = {value}\n"
    words = said(lets, 'part is known and answered and caller != ""', '"{part}" "{part}"')
    assert words.en == shown


def test_one_has_the_singular_in_english() -> None:
    words = said(CALLEES, "callees >= 1", '"{callees} 个" "{callees|number|numbers}"')
    assert words == Words("1 个", "1 number")


def test_parts_in_brackets_are_left_out_where_their_value_is_unknown_false_or_zero() -> None:
    lets = CALLEES + (
        "  let talks = mean(talk_ms of call_ended by caller where answered, 1h)\n"
        "  let texts = count(message by recipient = caller, 1h)\n"
    )
    when = "callees >= 1 and (talks > 0 s or texts >= 0)"
    sentence = (
        '"甲[，通话 {talks}][，短信 {texts} 条][{answered}，已接通]" '
        '"A[, {talks}][, {texts} texts][{answered}, answered]"'
    )
    assert said(lets, f"answered and {when}", sentence) == Words("甲，通话 90 秒，已接通", "A, 90 seconds, answered")
    assert said(lets, f"not answered and {when}", sentence) == Words("甲", "A")


def test_an_unknown_value_outside_brackets_is_called_unknown() -> None:
    assert said("", "not answered", '"通话 {talk_ms}" "talked: {ring_ms}"') == Words("通话 未知", "talked: unknown")


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        ("{calles}", "R302"),
        ("{answered}", "R430"),
        ("{talk_ms:%}", "R432"),
        ("{middle}", "R433"),
        ("{unused}", "R321"),
        ("{ talk_ms }", "R237"),
    ],
)
def test_a_slot_that_cannot_be_said_is_a_mistake(slot: str, code: str) -> None:
    lets = (
        "  let middle = median(talk_ms of call_ended by caller, 1h)\n  let unused = count(call_ended by callee, 1h)\n"
    )
    assert codes(text(lets, "middle < 20 s", f'"{slot}" "a"')) == [code]


@pytest.mark.parametrize(
    ("ms", "zh", "en"),
    [
        (1_000, "1 秒", "1 second"),
        (1_540, "1.5 秒", "1.5 seconds"),
        (90_000, "90 秒", "90 seconds"),
        (1_200_000, "20 分钟", "20 minutes"),
        (9_000_000, "2.5 小时", "2.5 hours"),
        (259_200_000, "3 天", "3 days"),
    ],
)
def test_durations_are_written_in_the_unit_people_use(ms: int, zh: str, en: str) -> None:
    assert duration_words(ms) == Words(zh, en)


def test_moments_are_written_in_china_time() -> None:
    assert moment_words(1_772_323_200_000) == Words("3 月 1 日 08:00", "08:00 on 1 March")


def test_only_all_is_a_hundred_percent_and_only_nothing_none() -> None:
    shares = (0, 0.0001, 0.004, 0.25, 0.997, 0.9999, 1)
    assert [percent_text(share) for share in shares] == ["0%", "<0.1%", "0.4%", "25%", "99.7%", ">99.9%", "100%"]


def test_numbers_have_one_decimal_and_commas() -> None:
    assert [number_text(number) for number in (1234, 5.26, 0.04)] == ["1,234", "5.3", "0.04"]
