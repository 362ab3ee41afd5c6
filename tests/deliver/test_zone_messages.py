"""Questions are verified, transfers are what dnspython applies to its own zone, signed over many messages."""

import dns.message
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.xfr
import dns.zone
import pytest

from fanzha.claims.policy_zone import NamePolicy, ZoneProfile, sort_key
from fanzha.deliver.zone_messages import (
    AnswerWriter,
    UnreadableQuestion,
    build_notify,
    delta_transfer,
    full_transfer,
    parse_question,
    zone_key,
)
from fanzha.store.policy_zone import NameChange, ZoneVersion

PROFILE = ZoneProfile("rpz.example", ("192.0.2.80",))
KEY = zone_key("fanzha-zone", bytes(range(32)))


def version(serial: int, names: dict[str, NamePolicy]) -> ZoneVersion:
    return ZoneVersion(serial, 0, 0, 0, PROFILE.digest(serial, (records for records, _ in encoded(names))))


def encoded(names: dict[str, NamePolicy]) -> list[tuple[bytes, int]]:
    ordered = sorted(names, key=sort_key)
    return [PROFILE.encode(name, names[name])[1:] for name in ordered]


def load(zone: dns.zone.Zone, answers: object, query: dns.message.Message, kind: dns.rdatatype.RdataType) -> int:
    """Apply the messages of a transfer as a resolver does; return how many there were."""
    count, context = 0, None
    serial = query.authority[0][0].serial if query.authority else None
    with dns.xfr.Inbound(zone, kind, serial) as inbound:
        done = False
        for wire in answers:  # type: ignore[attr-defined]
            message = dns.message.from_wire(
                wire, keyring=query.keyring, request_mac=query.mac, xfr=True, origin=None,
                tsig_ctx=context, multi=True, one_rr_per_rrset=kind == dns.rdatatype.IXFR,
            )  # fmt: skip
            assert message.had_tsig
            context, count = message.tsig_ctx, count + 1
            done = inbound.process_message(message)
    assert done
    return count


def ask(zone: dns.zone.Zone) -> tuple[AnswerWriter, dns.message.Message, dns.rdatatype.RdataType]:
    query, _ = dns.xfr.make_query(zone, keyring=KEY)
    question = parse_question(query.to_wire(), PROFILE, KEY)
    assert question.error == dns.rcode.NOERROR
    return AnswerWriter(question, KEY), query, question.kind


def test_a_resolver_loads_all_and_then_the_difference() -> None:
    names = {f"n{number}.example": NamePolicy.BLOCK for number in range(1_500)}
    first = version(5, names)
    zone = dns.zone.Zone("rpz.example", relativize=False)
    writer, query, kind = ask(zone)
    assert load(zone, writer.stream(full_transfer(PROFILE, first, encoded(names))), query, kind) > 2
    zone.verify_digest()
    later = {name: policy for name, policy in names.items() if name != "n7.example"} | {"bank.example": NamePolicy.PASS}
    second = version(9, later)
    changes = [
        NameChange("bank.example", None, NamePolicy.PASS),
        NameChange("n7.example", NamePolicy.BLOCK, None),
    ]
    writer, query, kind = ask(zone)
    assert kind == dns.rdatatype.IXFR
    assert load(zone, writer.stream(delta_transfer(PROFILE, first, second, changes)), query, kind) == 1
    zone.verify_digest()
    assert zone.get_node("n7.example.rpz.example.") is None and zone.get_node("*.bank.example.rpz.example.")


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("rpz.example", "SOA", dns.rcode.NOERROR),
        ("rpz.example", "A", dns.rcode.REFUSED),
        ("other.example", "AXFR", dns.rcode.REFUSED),
    ],
)
def test_only_the_zone_is_served(name: str, kind: str, code: dns.rcode.Rcode) -> None:
    assert parse_question(dns.message.make_query(name, kind).to_wire(), PROFILE, KEY).error == code


def test_another_key_is_refused() -> None:
    query = dns.message.make_query("rpz.example", "AXFR")
    query.use_tsig(zone_key("fanzha-zone", bytes(32)))
    question = parse_question(query.to_wire(), PROFILE, KEY)
    assert question.error == dns.rcode.NOTAUTH and not question.message.had_tsig
    reply = dns.message.from_wire(AnswerWriter(question, KEY).refuse(question.error))
    assert reply.rcode() == dns.rcode.NOTAUTH and reply.id == query.id


@pytest.mark.parametrize(
    "wire",
    [b"", bytes(12), bytes(500), b"\xff" * 40, build_notify(PROFILE, None).to_wire()[:9]],
    ids=["empty", "short zeros", "zeros", "ones", "cut off"],
)
def test_what_is_no_question_gets_no_answer(wire: bytes) -> None:
    with pytest.raises(UnreadableQuestion):
        parse_question(wire, PROFILE, KEY)


def test_an_answer_is_no_question() -> None:
    with pytest.raises(UnreadableQuestion):
        parse_question(dns.message.make_response(dns.message.make_query("rpz.example", "SOA")).to_wire(), PROFILE, KEY)


def test_a_notice_is_signed_for_those_who_can_verify_it() -> None:
    assert build_notify(PROFILE, KEY).to_wire() != build_notify(PROFILE, None).to_wire()
    read = dns.message.from_wire(build_notify(PROFILE, KEY).to_wire(), keyring={KEY.name: KEY})
    assert read.had_tsig and read.question[0].rdtype == dns.rdatatype.SOA
