"""API routes of subjects, and of findings and opinions in bulk."""

from typing import Annotated

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.imports.schemas import ImportOut
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.subjects.allowlist import PROPOSERS, allowlist_status, propose_entry
from fanzha.command.subjects.allowlist_schemas import AllowlistProposalIn, AllowlistStatusOut
from fanzha.command.subjects.bulk_requests import (
    get_or_create_value_subject,
    give_opinions_in_bulk,
    submit_findings_in_bulk,
)
from fanzha.command.subjects.graph import subject_links
from fanzha.command.subjects.models import OpinionRow, Share, Subject
from fanzha.command.subjects.opinions import give_opinions, retract_opinion
from fanzha.command.subjects.schemas import (
    CaseOut,
    FindingOut,
    GraphOut,
    LookUpIn,
    OpinionIn,
    OpinionOut,
    OpinionTermsIn,
    ShareIn,
    ShareOut,
    SubjectDetail,
    SubjectLookupOut,
    SubjectOut,
    VerdictOut,
    WithdrawalIn,
    lookup_answers,
)
from fanzha.command.subjects.search import look_up, search
from fanzha.command.subjects.selectors import latest_subjects, load_subject_profile, select_findings, summarize_subjects
from fanzha.command.subjects.shares import ShareDraft, create_shares, end_share
from fanzha.command.web.api import (
    BulkAnswer,
    Page,
    Paging,
    Problem,
    for_roles,
    ndjson_of,
    paginate,
    read_page,
)
from fanzha.command.web.roles import DECIDERS, MAY_LOOK_UP, MAY_UNMASK

ROUTER = Router(tags=["subjects"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("", response=Page[SubjectOut], operation_id="fanzha_command_subjects_api_list_subjects")
def list_subjects(request: ApiRequest, paging: PagingQuery, q: str = "") -> dict[str, object]:
    """List the latest subjects, or those found by the query `q`.

    A query by value needs a role that looks values up, counts against the budgets of disclosure and is on record. It
    has no purpose: for identity documents in full, use `/lookup`.
    """
    if not q.strip():
        rows, end = read_page(lambda: latest_subjects(request.viewer, paging.cursor, paging.limit))
        return {"items": [SubjectOut.of(summary) for summary in summarize_subjects(rows, request.viewer)], "next": end}
    result = search(q, request.viewer)
    summaries = summarize_subjects(result.subjects, request.viewer)
    answers = lookup_answers(summaries, is_full=not result.is_masked, has_purpose=not result.is_by_value)
    return {"items": answers, "next": ""}


@ROUTER.post("/lookup", response=list[SubjectLookupOut], operation_id="fanzha_command_subjects_api_look_values_up")
@for_roles(*MAY_LOOK_UP)
def look_values_up(request: ApiRequest, body: LookUpIn) -> list[SubjectLookupOut]:
    """Look up to 500 values up, in any written form; the order is kept.

    The request is on record and counts against the budgets of disclosure (429 with Retry-After above them). With a
    purpose, roles that may unmask have a larger budget. Without the right to unmask a value (or, for identity
    documents, without a purpose), the answer holds only subjects with a verdict of the caller's organisation, and of
    these only the treatment: `ref` is "", figures are 0.
    """
    viewer = request.viewer
    return [
        SubjectLookupOut(
            value=result.text,
            kinds=result.kinds,
            subjects=lookup_answers(
                result.summaries, is_full=viewer.has(*MAY_UNMASK), has_purpose=bool(body.purpose.strip())
            ),
        )
        for result in look_up(body.values, viewer, body.purpose)
    ]


@ROUTER.get("/opinions", response=Page[OpinionOut], operation_id="fanzha_command_subjects_api_list_opinions")
def list_opinions(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the current opinions of the caller's organisation, the latest first."""
    rows = _opinions().filter(OpinionRow.standing(), owner=request.viewer.organization)
    page = paginate(rows, paging)
    return page | {"items": [OpinionOut.of(opinion) for opinion in page["items"]]}


@ROUTER.post("/opinions", response={201: OpinionOut}, operation_id="fanzha_command_subjects_api_say_of_value")
@for_roles(*DECIDERS)
def give_opinion_on_value(request: ApiRequest, body: OpinionIn) -> Status[OpinionOut]:
    """Give an opinion on a value; create its subject if there is none."""
    now = timezone.now()
    (row,) = give_opinions(
        [get_or_create_value_subject(body.kind, body.value, now)], body.to_draft(), request.viewer, now
    )
    return Status(201, OpinionOut.of(row))


@ROUTER.post(
    "/opinions/bulk",
    response=BulkAnswer,
    openapi_extra=ndjson_of(OpinionIn),
    operation_id="fanzha_command_subjects_api_say_in_bulk",
)
@for_roles(*DECIDERS)
def give_opinions_from_lines(request: ApiRequest) -> BulkAnswer:
    """Give up to 10,000 opinions, one per line; invalid lines are reported, the others count at once."""
    return give_opinions_in_bulk(request, request.viewer, timezone.now())


@ROUTER.post(
    "/opinions/{opinion_id}/withdraw", response=OpinionOut, operation_id="fanzha_command_subjects_api_withdraw_opinion"
)
@for_roles(*DECIDERS)
def withdraw_opinion(request: ApiRequest, opinion_id: str, body: WithdrawalIn) -> OpinionOut:
    """Retract an opinion of the caller's organisation."""
    row = get_object_or_404(_opinions(), opinion_id=opinion_id, owner=request.viewer.organization)
    retract_opinion(row, body.why, request.viewer, timezone.now())
    return OpinionOut.of(_opinions().get(pk=row.pk))


@ROUTER.post("/shares/{share}/end", response={204: None}, operation_id="fanzha_command_subjects_api_end_sharing")
@for_roles(*DECIDERS)
def end_sharing(request: ApiRequest, share: str) -> Status[None]:
    """End a share of the caller's organisation. A share made by a process ends with the process."""
    own_shares = _shares().filter(owner=request.viewer.organization)
    end_share(get_object_or_404(own_shares, ref=share), request.viewer, timezone.now())
    return Status(204, None)


@ROUTER.post("/findings", response={202: BulkAnswer}, operation_id="fanzha_command_subjects_api_hand_findings_over")
@for_roles(*DECIDERS)
def hand_findings_over(request: ApiRequest) -> Status[BulkAnswer]:
    """Submit up to 10,000 findings of the caller's organisation, one per line (docs/reference/findings.md).

    Valid findings are ingested soon after, once, however often they are sent.
    """
    return Status(202, submit_findings_in_bulk(request, request.organization, timezone.now()))


@ROUTER.get("/{ref}", response=SubjectDetail, operation_id="fanzha_command_subjects_api_read_subject")
def read_subject(request: ApiRequest, ref: str) -> SubjectDetail:
    """Return a subject with its explained verdicts, the opinions that the caller may read, police cases and holders."""
    row = _subject(ref)
    profile = load_subject_profile(row, request.viewer)
    (summary,) = summarize_subjects([row], request.viewer)
    opinions = [*profile.opinions, *profile.past_opinions]
    return SubjectDetail(
        **SubjectOut.of(summary).dict(),
        verdicts=[VerdictOut.of(verdict) for verdict in profile.verdicts],
        opinions=[OpinionOut.of(opinion) for opinion in opinions],
        cases=[CaseOut.of(case) for case in profile.cases],
        holders=[holder.ref for holder in profile.holders],
        campaigns=[placement.campaign.ref for placement in profile.placements],
    )


@ROUTER.get("/{ref}/findings", response=Page[FindingOut], operation_id="fanzha_command_subjects_api_list_findings")
def list_findings(request: ApiRequest, ref: str, paging: PagingQuery) -> dict[str, object]:
    """List the findings on a subject, the latest first."""
    row = _subject(ref)
    findings, end = read_page(lambda: select_findings(row, request.viewer, paging.cursor, paging.limit))
    return {"items": [FindingOut.of(finding) for finding in findings], "next": end}


@ROUTER.get("/{ref}/links", response=GraphOut, operation_id="fanzha_command_subjects_api_read_links")
def read_links(request: ApiRequest, ref: str) -> GraphOut:
    """Return the graph of subjects linked to a subject, two hops far; other organisations appear as counts only."""
    return GraphOut.of(subject_links().build_graph(_subject(ref), request.viewer))


@ROUTER.get("/{ref}/shares", response=list[ShareOut], operation_id="fanzha_command_subjects_api_list_shares")
def list_shares(request: ApiRequest, ref: str) -> list[ShareOut]:
    """List the shares of a subject in force, by or with the caller's organisation."""
    return [ShareOut.of(share) for share in _shares().filter(Share.in_force(), subject=_subject(ref)).order_by("pk")]


@ROUTER.post("/{ref}/shares", response={201: list[ShareOut]}, operation_id="fanzha_command_subjects_api_share_subject")
@for_roles(*DECIDERS)
def share_subject(request: ApiRequest, ref: str, body: ShareIn) -> Status[list[ShareOut]]:
    """Share a subject with organisations, optionally with a question."""
    row = _subject(ref)
    receivers = list(active_organizations().filter(ref__in=body.receivers))
    if len(receivers) < len(set(body.receivers)):
        wrong = {"pointer": "/receivers", "detail": _("names an unknown organisation")}
        raise Problem("invalid", _("Some values are not valid."), errors=[wrong])
    create_shares(row, receivers, ShareDraft(body.purpose, body.until, body.question), request.viewer, timezone.now())
    return Status(201, list_shares(request, ref))


@ROUTER.post("/{ref}/opinions", response={201: OpinionOut}, operation_id="fanzha_command_subjects_api_say_of_subject")
@for_roles(*DECIDERS)
def give_opinion_on_subject(request: ApiRequest, ref: str, body: OpinionTermsIn) -> Status[OpinionOut]:
    """Give an opinion on a subject."""
    (row,) = give_opinions([_subject(ref)], body.to_draft(), request.viewer, timezone.now())
    return Status(201, OpinionOut.of(row))


@ROUTER.get("/{ref}/spared", response=AllowlistStatusOut, operation_id="fanzha_command_subjects_api_read_spared")
def read_allowlist_status(request: ApiRequest, ref: str) -> AllowlistStatusOut:
    """Return the allowlist entries in force for a number and the proposals of the caller's organisation."""
    return AllowlistStatusOut.of(allowlist_status(_subject(ref), timezone.now()))


@ROUTER.post("/{ref}/spared", response={201: ImportOut}, operation_id="fanzha_command_subjects_api_spare_subject")
@for_roles(*PROPOSERS)
def propose_for_allowlist(request: ApiRequest, ref: str, body: AllowlistProposalIn) -> Status[ImportOut]:
    """Propose a number for the allowlist: an import of one row, which a second person approves."""
    submission = propose_entry(_subject(ref), body.to_proposal(), request.viewer, timezone.now())
    return Status(201, ImportOut.of(submission.job))


def _subject(ref: str) -> Subject:
    return get_object_or_404(Subject.objects, ref=ref)


def _shares() -> "QuerySet[Share]":
    return Share.objects.select_related("subject", "owner", "receiver")


def _opinions() -> "QuerySet[OpinionRow]":
    return OpinionRow.objects.select_related("subject", "owner")
