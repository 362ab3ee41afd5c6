"""What the API takes becomes what the service reads, and a score lies between 0 and 1."""

import pytest
from django.utils.translation import override
from pydantic import ValidationError

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.subjects.graph import CommonTie, GraphEdge, GraphNode, SubjectGraph
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.schemas import GraphOut, OpinionIn, OpinionTermsIn, ShareIn


def test_an_opinion_is_said_as_it_was_sent() -> None:
    told = OpinionIn.model_validate(
        {"kind": "website", "value": "pay.example", "level": "watch", "reason_en": "seen", "marking": "TLP:GREEN"}
    )
    said = told.to_draft()
    assert (said.level, said.reason, said.marking) == (Level.WATCH, Words("", "seen"), Marking.GREEN)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        OpinionTermsIn.model_validate({"level": "watch", "score": 1.5})
    with pytest.raises(ValidationError):
        ShareIn.model_validate({"receivers": ["R"], "purpose": "a case", "until": "2026-03-01T08:00:00"})


def test_subjects_are_named_by_ref() -> None:
    one, other = (Subject(pk=n, ref=f"{n:026d}", kind="phone_number", value=f"+861700000000{n}") for n in (1, 2))
    common = [CommonTie("trunk", 2, False, 3, 9)]
    graph = SubjectGraph([GraphNode(one, 0, "watch"), GraphNode(other, 1, "")], [GraphEdge(1, 2, "trunk")], common, 0)
    with override("en"):
        told = GraphOut.of(graph)
    assert told.edges[0].dict() == {"one": one.ref, "other": other.ref, "words": "trunk"}
    assert "1700000" not in told.model_dump_json() and told.common[0].other_subjects == 9
