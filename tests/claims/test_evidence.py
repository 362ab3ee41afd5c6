"""Findings and opinions become evidence of one shape; a finding in shadow becomes none."""

from tests.claims.snapshots import AT
from tests.findings import finding

from fanzha.claims import Mode
from fanzha.claims.evidence import DECISION, OPINION, evidence_from_finding, evidence_from_opinion
from fanzha.claims.finding import SubjectRole
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope

SAID = Opinion(
    organization="a made-up bank",
    subject_kind="phone_number",
    subject="+8617000000001",
    level=Level.SUSPECTED,
    given_at=AT,
    service="sms",
    reason_zh="多人投诉",
    reason_en="many complained",
)


def test_nothing_in_shadow_counts() -> None:
    assert evidence_from_finding(finding(mode=Mode.SHADOW)) is None


def test_a_finding_on_a_victim_raises_no_suspicion() -> None:
    assert evidence_from_finding(finding(mode=Mode.LIVE, declared_role=SubjectRole.VICTIM)) is None


def test_a_live_finding_keeps_its_scope_reasons_and_whether_it_was_made_up() -> None:
    found = evidence_from_finding(finding(mode=Mode.LIVE, service="voice", ingress="voip", simulated=True))
    assert found is not None
    assert (found.scope, found.simulated, found.zh, found.en) == (
        VerdictScope("", "voice", "voip"),
        True,
        "理由",
        "reason",
    )
    assert (found.by, found.confidence, found.level) == ("made-up", 0.4, Level.SUSPECTED)


def test_an_opinion_weighs_as_its_level_and_a_decision_names_its_basis() -> None:
    said = evidence_from_opinion(SAID)
    assert (said.source, said.confidence, said.scope) == (OPINION, 0.9, VerdictScope(service="text"))
    given = {name: getattr(SAID, name) for name in SAID.__struct_fields__}
    order = evidence_from_opinion(
        Opinion(**{**given, "decision": True, "treatment": Treatment.REFUSE, "basis": "ATF Art. 13"})
    )
    assert (order.source, order.treatment) == (DECISION, Treatment.REFUSE)
    assert order.zh == "多人投诉（依据：ATF Art. 13）" and order.en == "many complained (basis: ATF Art. 13)"


def test_without_reasons_an_opinion_weighs_the_same() -> None:
    whole, short = evidence_from_opinion(SAID), evidence_from_opinion(SAID, reasons=False)
    assert whole.id == SAID.opinion_id and whole._replace(id="", zh="", en="") == short
