"""Types, names and windows: what goes together passes, what does not is told by its code."""

import pytest
from tests.rules.rule_texts import codes, text, when

from fanzha.rules import Type, check, infer_type, parse
from fanzha.rules.tree import FieldReference, Name, NumberLiteral, SourceLocation, walk


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("count(call_ended by caller, 1h)", Type.NUMBER),
        ("distinct(callee of call_ended by caller, 1h)", Type.NUMBER),
        ("distinct(talk_ms of call_ended by caller, 1h)", Type.NUMBER),
        ("share(answered of call_ended by caller, 1h)", Type.NUMBER),
        ("surge(call_ended by caller, 1h against 6h)", Type.NUMBER),
        ("gap(call_ended by caller, 1h)", Type.DURATION),
        ("age(call_ended by caller, 7 days)", Type.DURATION),
        *((f"{what}(talk_ms of call_ended by caller, 1h)", Type.DURATION) for what in ("sum", "mean", "min", "max")),
        *((f"{what}(release_cause of call_ended by caller, 1h)", Type.NUMBER) for what in ("sum", "mean")),
        ("talk_ms + ring_ms", Type.DURATION),
        ("talk_ms - 1 s", Type.DURATION),
        ("talk_ms * 2", Type.DURATION),
        ("2 * talk_ms", Type.DURATION),
        ("talk_ms / 2", Type.DURATION),
        ("talk_ms / ring_ms", Type.NUMBER),
        ("release_cause + 1", Type.NUMBER),
        ("occurred_at - occurred_at", Type.DURATION),
        ("-talk_ms", Type.DURATION),
        ("caller else callee", Type.TEXT),
        ("ring_ms else 0 s", Type.DURATION),
        ("block(caller, 4)", Type.TEXT),
        ("prefix(caller, 3)", Type.TEXT),
        ("class(caller)", Type.TEXT),
        ("country(caller)", Type.TEXT),
        ("length(caller)", Type.NUMBER),
        ("hour(occurred_at)", Type.NUMBER),
        ("points(1 when answered)", Type.NUMBER),
        ("answered", Type.TRUTH),
        ("not answered", Type.TRUTH),
        ("caller is known", Type.TRUTH),
        ("caller in some_list", Type.TRUTH),
        ("talk_ms > 1 s", Type.TRUTH),
        ('"a"', Type.TEXT),
        ("occurred_at", Type.MOMENT),
    ],
)
def test_every_expression_has_its_type(written: str, kind: Type) -> None:
    assert infer_type(when(written), "call_ended") is kind


@pytest.mark.parametrize(
    "condition",
    [
        "occurred_at > occurred_at",
        "answered = true",
        "answered != (caller = callee)",
        'ingress in ("mobile", "voip")',
        "caller not in known_list",
        'attribute(caller in known_list, area) = "x"',
        "count(call_ended by attribute(caller in known_list, area), 1h) > 1",
        'profile(caller, plan) = "basic" or profile(caller, plan) in known_list',
        "occurred_at - profile(proven_caller, registered_at) < 7 days",
        "profile(caller else callee, monthly_fee_cny) < 10",
        "count(call_ended by profile(caller, outlet) where profile(callee, cards_before) > 2, 1h) > 1",
        "date(attribute(caller in known_list, area)) < occurred_at",
        "release_cause in (16, 17)",
        "talk_ms in (1 s, 2 s)",
        'class(caller) = "mobile"',
        '(ingress else "voip") = "voip"',
        "count(call_ended by caller else trunk, 1h) > 1",
        "count(message by recipient = callee, sender = caller, channel, 1h) > 1".replace(", channel", ""),
        'count(message by channel = "sms", recipient = callee, 1h) > 1',
        "count(call_ended by class(caller), hour(occurred_at), answered, 30 days) > 1",
        "sum(count(call_ended by callee, 1h) of call_ended by caller, 24h) > 1",
        "count(call_ended by caller where age(call_ended by callee, 7 days) < 2 days, 1h) > 1",
        "gap(call_ended by caller, 24h) < 1 ms",
        "points(release_cause when answered, 2 when caller is known) / 2 > 1",
    ],
)
def test_what_goes_together_passes(condition: str) -> None:
    assert codes(text(condition)) == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("caller", "R401"),
        ("not talk_ms", "R401"),
        ("answered and 1", "R436"),
        ("points(1 when caller) > 1", "R401"),
        ("count(call_ended by caller where talk_ms, 1h) > 1", "R401"),
        ("share(talk_ms of call_ended by caller, 1h) > 1", "R408"),
        ("talk_ms + 1 > 1 s", "R402"),
        ("1 - talk_ms > 1 s", "R402"),
        ("ring_ms else 0 > 1 s", "R402"),
        ("talk_ms in (1, 2)", "R402"),
        ("release_cause = 16 s", "R403"),
        ("caller = 1", "R434"),
        ("caller else 1 = 1", "R434"),
        ("caller in (1)", "R434"),
        ("occurred_at > talk_ms", "R404"),
        ("answered >= true", "R405"),
        ("talk_ms * ring_ms > 1 s", "R406"),
        ("occurred_at + talk_ms > occurred_at", "R406"),
        ("1 / talk_ms > 1", "R406"),
        ("caller + callee = caller", "R406"),
        ("-caller = caller", "R407"),
        ("length(talk_ms) > 1", "R407"),
        ("sum(occurred_at of call_ended by caller, 1h) is known", "R408"),
        ("min(caller of call_ended by caller, 1h) is known", "R408"),
        ("distinct(answered of call_ended by caller, 1h) > 1", "R408"),
        ("count(call_ended by talk_ms = caller, 1h) > 1", "R409"),
        ("count(call_ended by (caller = callee), 1h) > 1", "R410"),
        ("count(call_ended by 0.5 = release_cause, 1h) > 1", "R410"),
        ("count(call_ended by caller = (-release_cause), 1h) > 1", "R410"),
        ("count(call_ended by prefix(class(caller), 3) = callee where x, 1h) > 1", "R302"),
        ("points(answered when answered) > 1", "R412"),
        ("talk_ms in known_list", "R413"),
        ('attribute(caller in known_list, city) = "x"', "R315"),
        ('attribute(caller in unknown_list, area) = "x"', "R308"),
        ('attribute(talk_ms in known_list, area) = "x"', "R407"),
        ("attribute(caller in known_list, area) > 1", "R434"),
        ("date(talk_ms) < occurred_at", "R407"),
        ('profile(caller, tariff) = "x"', "R316"),
        ("profile(talk_ms, plan) is known", "R407"),
        ("profile(caller, plan) > proven_caller", "R405"),
        ("profile(caller, registered_at) > 1 day", "R404"),
        ('profile(caller, channel) = "shop"', "R313"),
        ("date(caller) > 1 day", "R404"),
        ("occurred_at in (1, 2)", "R414"),
        ('ingress != "GSM"', "R313"),
        ('ingress in ("mobile", "GSM")', "R313"),
        ('"GSM" = ingress', "R313"),
        ('class(caller) = "GSM"', "R313"),
        ('(ingress else "GSM") is known', "R313"),
        ('count(message by channel = "telex", 1h) > 1', "R313"),
        ("count(calls by caller, 1h) > 1", "R301"),
        ("count(subscriber_profile by subscriber = caller, 1h) > 1", "R301"),
        ("page_facts is known", "R302"),
        ("count(call_ended by message, 1h) > 1", "R302"),
        ("observed_at is known", "R302"),
        ("count(call_ended by caller, 31 days) > 1", "R502"),
        ("count(call_ended by caller, 30 days) + count(call_ended by caller, 721h) > 1", "R502"),
        ("gap(call_ended by caller, 2 days) > 1 s", "R504"),
        ("surge(call_ended by caller, 1h against 2 days) > 1", "R504"),
        ("surge(call_ended by caller, 0 s against 1h) > 1", "R503"),
    ],
)
def test_what_does_not_go_together_is_told(condition: str, code: str) -> None:
    assert set(codes(text(condition))) == {code}


@pytest.mark.parametrize(
    ("fact", "field", "code"),
    [
        ("call_offered", "ring_ms", "R303"),
        ("call_offered", "answering_number", "R303"),
        ("call_answered", "talk_ms", "R303"),
        ("call still ringing 20 s", "ring_ms", "R303"),
        ("call still talking 20 min", "talk_ms", "R303"),
        ("message", "talk_ms", "R302"),
    ],
)
def test_a_field_is_read_only_where_it_is_known(fact: str, field: str, code: str) -> None:
    find = "sender" if fact == "message" else "callee"
    channel = ' and channel = "port_sms"' if fact == "message" else ""
    assert codes(text(f"{field} is known{channel}", on=fact, find=find)) == [code]


@pytest.mark.parametrize(
    ("clock", "condition", "expected"),
    [
        ("every 1h by caller", "count(call_ended by caller, 24h) > 3", []),
        ("every 24h by caller, trunk", "count(call_ended by caller, 24h) > 3", []),
        ("every 7h by caller", "count(call_ended by caller, 24h) > 3", ["R531"]),
        ("every 30 s by caller", "count(call_ended by caller, 24h) > 3", ["R531"]),
        ("every 2 days by caller", "count(call_ended by caller, 24h) > 3", ["R531"]),
        ("every 1h by number", "count(call_ended by caller, 24h) > 3", ["R302"]),
        ("every 1h by caller", "answered", ["R532"]),
        ("every 1h caller", "answered", ["R203"]),
    ],
)
def test_a_clock_has_a_part_of_a_day_fields_and_windows(clock: str, condition: str, expected: list[str]) -> None:
    assert codes(text(condition, on=f"call_ended {clock}")) == expected


RANK = "rank(count(call_ended by caller, 1h) within trunk) <= 10"


@pytest.mark.parametrize(
    ("on", "condition", "expected"),
    [
        ("call_ended every 1h by caller", RANK, []),
        ("call_ended every 1h by caller", "rank(count(call_ended by caller, 1h)) <= 10 or rank(1) = 1", ["R431"]),
        ("call_ended every 1h by caller", "rank(rank(count(call_ended by caller, 1h))) <= 10", ["R431"]),
        ("call_ended every 1h by caller", f"count(call_ended by caller where {RANK}, 1h) > 1", ["R431"]),
        ("call_ended every 1h by caller", "rank(count(call_ended by caller, 1h) within number) <= 10", ["R302"]),
        ("call_ended every 1h by caller", "rank(caller) + count(call_ended by caller, 1h) <= 10", ["R407"]),
        ("call_ended", RANK, ["R431"]),
    ],
)
def test_a_rank_is_of_windows_at_a_tick(on: str, condition: str, expected: list[str]) -> None:
    assert codes(text(condition, on=on)) == expected


def test_a_clock_looks_back_as_far_as_its_longest_window() -> None:
    condition = "count(call_ended by caller, 36h) > 3 and surge(call_ended by trunk, 1h against 3h) > 2"
    (rule,) = check(parse(text(condition, on="call_ended every 1h by caller"))).rules
    assert rule.on.within == 2 * 86_400_000


def test_inside_a_window_the_fields_of_the_selected_fact_count() -> None:
    assert codes(text("count(call_ended by caller where talk_ms < 5 s, 1h) > 3", on="call_offered")) == []
    assert codes(text("count(message by recipient = callee where talk_ms < 5 s, 1h) > 3")) == ["R304"]


@pytest.mark.parametrize(
    ("lets", "condition", "expected"),
    [
        ("  let few = 3\n", "count(call_ended by caller where release_cause > few, 1h) > few", []),
        ("  let few = 3\n  let more = few * 2\n", "count(call_ended by caller where release_cause > more, 1h) > 1", []),
        ("  let brief = talk_ms < 5 s\n", "count(call_ended by caller where brief, 1h) > 1", ["R307"]),
        ("  let n = count(call_ended by caller, 1h)\n", "max(n of call_ended by callee, 1h) > 1", ["R307"]),
        ("  let who = proven_caller else trunk\n", "count(call_ended by trunk = who, 1h) > 1", []),
        ("  let n = count(call_ended by caller, 1h)\n", "count(call_ended by release_cause = n, 1h) > 1", ["R411"]),
        ("  let n = talk_ms / 2\n", "count(call_ended by talk_ms = n, 1h) > 1", ["R410"]),
        ("  let n = 5 s\n", "count(call_ended by talk_ms = n, 1h) > 1", []),
        ("  let a = talk_ms + 1\n", "a > 1 s and a is known", ["R402"]),
        ("  let sender = caller\n", "sender is known", ["R306"]),
        ("  let a = a\n", "answered", ["R305"]),
    ],
)
def test_lets_are_about_the_present_fact(lets: str, condition: str, expected: list[str]) -> None:
    assert codes(text(condition, lets=lets)) == expected


def test_lets_are_written_out_and_literals_keep_their_types() -> None:
    lets = "  let calls = count(call_ended by caller, 1h)\n  let limit = 30\n  let many = calls >= limit\n"
    (rule,) = check(parse(text("many and calls < limit * 2", lets=lets, score="points(0.1 when many)"))).rules
    (plain,) = check(
        parse(
            text(
                "count(call_ended by caller, 1h) >= 30 and count(call_ended by caller, 1h) < 30 * 2",
                score="points(0.1 when count(call_ended by caller, 1h) >= 30)",
            )
        )
    ).rules
    assert rule == plain
    assert not any(isinstance(node, Name) for root in (rule.when, rule.score) for node in walk(root))


def test_the_type_of_what_has_none_is_an_error() -> None:
    with pytest.raises(Exception, match="no field"):
        infer_type(FieldReference(SourceLocation(1, 1), "nothing"), "call_ended")
    assert infer_type(NumberLiteral(SourceLocation(), 1.0, Type.DURATION), "message") is Type.DURATION
