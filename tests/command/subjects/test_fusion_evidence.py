"""An organisation weighs what it may read and what holds, each once, and nothing that another piece outweighs."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.claims.evidence import DECISION, OPINION, Evidence
from fanzha.claims.fusion import fuse
from fanzha.claims.policy import Policy
from fanzha.claims.verdict import Level
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.fusion_evidence import select_evidence
from fanzha.command.subjects.models import FindingRow, OpinionRow
from fanzha.command.web.scoping import unscoped

HOUR = timedelta(hours=1)


def known(world: World, name: str) -> list[Evidence]:
    about = subject()
    with unscoped("test"):
        return [piece for piece, _ in select_evidence([about.pk], world.viewer(name), AT)[about.pk]]


def opinion(owner: Organization, **changes: Any) -> OpinionRow:
    values: dict[str, Any] = {
        "opinion_id": f"{owner.pk}-{len(changes)}",
        "level": Level.WATCH.value,
        "given_at": AT,
        "marking": Marking.GREEN,
        **changes,
    }
    return OpinionRow._base_manager.create(subject=subject(), owner=owner, **values)


def test_what_is_in_shadow_withdrawn_superseded_over_or_not_yet_does_not_count(world: World) -> None:
    owner = world["carrier"]
    left_out: list[dict[str, Any]] = [
        {"mode": "shadow"},
        {"withdrawn_at": AT},
        {"superseded_by": "x"},
        {"valid_until": AT},
        {"found_at": AT + HOUR},
    ]
    for number, changes in enumerate(left_out):
        finding_row(owner, detector=f"d{number}", **changes)
    finding_row(owner, detector="counts")
    assert [piece.by for piece in known(world, "carrier")] == ["counts"]


def test_of_others_what_their_marking_allows_is_weighed(world: World) -> None:
    finding_row(world["other_carrier"], marking=Marking.AMBER, detector="amber")
    finding_row(world["other_carrier"], marking=Marking.GREEN, detector="green")
    assert [piece.by for piece in known(world, "carrier")] == ["green"]
    assert {piece.by for piece in known(world, "administration")} == {"amber", "green"}


def test_opinions_and_decisions_come_with_whose_they_are(world: World) -> None:
    opinion(world["bank"])
    opinion(world["centre"], decision=True, treatment="refuse", level="suspected", until=AT + HOUR)
    opinion(world["isp"], withdrawn_at=AT)
    found = {piece.source: piece for piece in known(world, "carrier")}
    assert found[OPINION].by == world["bank"].ref and found[OPINION].confidence == 0.5
    assert found[DECISION].treatment == "refuse" and found[DECISION].until == to_ms(AT + HOUR)
    assert len(found) == 2


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from([0.3, 0.6, 0.9]),
        st.integers(0, 5),  # hours ago
        st.sampled_from([6, 12]),  # valid for so many hours
        st.sampled_from(["", "voice"]),
    ),
    max_size=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows)
def test_a_verdict_is_the_same_without_what_is_outweighed(world: World, given_: list[Any]) -> None:
    with transaction.atomic():
        for number, (detector, score, ago, hours, service) in enumerate(given_):
            at = AT - ago * HOUR
            finding_row(
                world["carrier"],
                detector=detector,
                score=score,
                found_at=at,
                valid_until=at + hours * HOUR,
                service=service,
                trigger=f"e{number}",
            )
        pieces = known(world, "carrier")
        assert len(pieces) <= len(given_)
        assert said(pieces) == said(one_by_one(world))
        transaction.set_rollback(True)


def one_by_one(world: World) -> list[Evidence]:
    """All findings as evidence: of one alone nothing is left out."""
    found = []
    with unscoped("test"):
        for key in list(FindingRow.objects.values_list("pk", flat=True)):
            FindingRow.objects.exclude(pk=key).update(mode="shadow")
            found += known(world, "carrier")
            FindingRow.objects.update(mode="live")
    return found


def said(pieces: list[Evidence]) -> list[Any]:
    """What the verdicts of some evidence say, apart from what weighed nothing, and from which of equals is named."""
    return [
        (
            one.scope,
            one.level,
            one.score,
            one.until,
            [(part.by, part.weight, part.until) for part in one.why if part.weight],
        )
        for one in fuse(pieces, to_ms(AT), Policy())
    ]
