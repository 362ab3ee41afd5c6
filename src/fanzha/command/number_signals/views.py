"""The token endpoint, the interfaces for banks below /camara/, and the page of documents of basis."""

import base64
import binascii
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.number_signals import camara
from fanzha.command.number_signals.api_tokens import API_SCOPES, grant_api_token
from fanzha.command.number_signals.camara import CamaraError, SignalQuestion, not_found
from fanzha.command.number_signals.clients import (
    TOKEN_SECONDS,
    AccessToken,
    Basis,
    TokenRefused,
    authenticate_client,
    certificate_fingerprint,
    issue_token,
    read_token,
)
from fanzha.command.number_signals.forms import BasisForm
from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.presenters import present_asked, present_basis, present_grade
from fanzha.command.number_signals.quotas import QuotaCounter
from fanzha.command.number_signals.request_journal import JournalLine, append_line, hash_number
from fanzha.command.number_signals.risk_indicator import find_indicator, is_worked_on, precision_table, strongest
from fanzha.command.number_signals.selectors import count_questions
from fanzha.command.number_signals.services import PURPOSES, approve_basis, end_basis, record_basis
from fanzha.command.number_signals.signal_services import OF_VERDICTS, OPERATIONS, Operation, all_scopes
from fanzha.command.number_signals.signal_settings import SignalSettings, load_signal_settings
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import all_organizations, get_person
from fanzha.command.web.access import signed_in
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.client_address import address_block
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal
from fanzha.store.number_signals import NumberSignals, SignalStore
from fanzha.store.state_folder import state_folder

#: Requests for tokens from one address a minute.
TOKENS_PER_MINUTE = 60
BASIS_ROLES = (Role.PRIVACY_OFFICER, Role.LIAISON)
SHOWN = 100
#: Days whose questions are counted on the page.
ASKED_DAYS = 30
_LIMIT = RateLimit()
_QUOTAS = QuotaCounter()


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Issue an access token for client credentials (RFC 6749 §4.4).

    The scope names the purpose as `dpv:…`, but for the exchange, which has scopes of its own.
    """
    try:
        _LIMIT.take(f"token {address_block(request)}", TOKENS_PER_MINUTE)
        granted, scopes = _grant(request)
    except Problem as problem:
        return _token_error("temporarily_unavailable", 429, problem.more.get("retry_after"))
    except TokenRefused as refused:
        return _token_error(refused.code, 401 if refused.code == "invalid_client" else 400)
    content = {"access_token": granted, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": scopes}
    return _no_store(JsonResponse(content))


def _grant(request: HttpRequest) -> tuple[str, str]:
    if request.POST.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type" if "grant_type" in request.POST else "invalid_request")
    asked = request.POST.get("scope", "").split()
    if asked and API_SCOPES.issuperset(asked):
        granted = grant_api_token(*_credentials(request), frozenset(asked), certificate_fingerprint(request))
        return granted, " ".join(asked)
    client = authenticate_client(*_credentials(request))
    purposes = [scope for scope in asked if scope.startswith("dpv:")]
    scopes = frozenset(asked) - set(purposes)
    if len(purposes) != 1 or purposes[0] not in PURPOSES or not scopes or not scopes <= all_scopes():
        raise TokenRefused("invalid_scope")
    return issue_token(client, scopes, purposes[0], certificate_fingerprint(request)), " ".join(asked)


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Return id and secret by HTTP Basic (RFC 6749 §2.3.1) or in the body. Raise TokenRefused."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise TokenRefused("invalid_client") from None
    if not colon:
        raise TokenRefused("invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def _token_error(code: str, status: int, retry_after: object = None) -> HttpResponse:
    answer = JsonResponse({"error": code}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="fanzha"'
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return _no_store(answer)


@csrf_exempt
def camara_operation(request: HttpRequest, operation: str) -> HttpResponse:
    """Answer one operation in the form of CAMARA; a question that was answered is in the journal before."""
    correlator = request.headers.get("x-correlator", "")
    is_valid = camara.is_correlator(correlator)
    try:
        if not is_valid:
            raise camara.invalid_argument("x-correlator does not comply with its schema.")
        answer = JsonResponse(_answer(request, operation), safe=False)
    except CamaraError as error:
        answer = JsonResponse(error.to_json(), status=error.status)
        if error.status == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="fanzha", error="invalid_token"'
        if error.status == 405:
            answer["Allow"] = "POST"
    if correlator and is_valid:
        answer["x-correlator"] = correlator
    return _no_store(answer)


def _answer(request: HttpRequest, path: str) -> object:
    operation = OPERATIONS.get(path)
    if operation is None:
        raise CamaraError(404, "NOT_FOUND", "The specified resource is not found.")
    if request.method != "POST":
        raise CamaraError(405, "METHOD_NOT_ALLOWED", "The requested method is not allowed on this resource.")
    certificate = certificate_fingerprint(request)
    access = _authorize(request, operation, certificate)
    if request.body and request.content_type != "application/json":
        raise CamaraError(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json.")
    settings, now = load_signal_settings(), timezone.now()
    zone = timezone.get_default_timezone()
    body = camara.parse_body(request.body)
    question = camara.read_question(path, body, now, zone, settings.monitored_days)
    bases = access.client.bases_for(operation.service, access.purpose, certificate)
    if not bases:
        raise CamaraError(403, "PERMISSION_DENIED", "There is no document of basis in force for this service.")
    bases = _QUOTAS.take([(basis.ref, basis.quota_per_day, basis) for basis in bases], now)
    if not bases:
        raise CamaraError(429, "QUOTA_EXCEEDED", "The quota of this day is used up.")
    return _answer_recorded(operation, question, access, bases, settings)


def _authorize(request: HttpRequest, operation: Operation, certificate: str) -> AccessToken:
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise TokenRefused("invalid_token")
        access = read_token(value.strip(), certificate)
    except TokenRefused:
        raise CamaraError(
            401, "UNAUTHENTICATED", "Request not authenticated due to missing, invalid, or expired credentials."
        ) from None
    try:
        _LIMIT.take(access.client.name, access.client.per_minute)
    except Problem:
        raise CamaraError(429, "TOO_MANY_REQUESTS", "Rate limit reached.") from None
    if not access.scopes.intersection(operation.scopes):
        raise CamaraError(
            403, "PERMISSION_DENIED", "Client does not have sufficient permissions to perform this action."
        )
    return access


def _answer_recorded(
    operation: Operation, question: SignalQuestion, access: AccessToken, bases: list[Basis], settings: SignalSettings
) -> object:
    """Find the answer, write the question to the journal for each basis whose data was looked at, then return it."""
    error: CamaraError | None = None
    value: object = None
    asked = bases
    try:
        if operation.service in OF_VERDICTS:
            value = _answer_of_verdicts(operation, question, access, bases, settings)
        else:
            found = _find_signals(question, bases)
            asked = [found[0]]
            value = camara.answer(operation.path, question, found[1])
    except CamaraError as raised:
        error = raised
    try:
        for basis in asked:
            append_line(_to_line(operation, question, access, basis, error.status if error else 200))
    except OSError:
        raise CamaraError(503, "UNAVAILABLE", "The question cannot be put on record; nothing is answered.") from None
    if error is not None:
        raise error
    return value


def _to_line(
    operation: Operation, question: SignalQuestion, access: AccessToken, basis: Basis, status: int
) -> JournalLine:
    return JournalLine(
        at=to_ms(question.now),
        key=access.client.key,
        client=access.client.organization,
        owner=basis.owner,
        basis=basis.ref,
        service=operation.service,
        purpose=access.purpose,
        number_hash=hash_number(question.number),
        status=status,
    )


def _find_signals(question: SignalQuestion, bases: list[Basis]) -> tuple[Basis, NumberSignals]:
    """Return the basis and signals of a number. One that is withheld is unknown: it shall not be found by asking."""
    basis_by_owner = {basis.owner_ref: basis for basis in bases}
    found = signal_store(state_folder()).find(basis_by_owner, question.number)
    if found is None or found[1].withheld:
        raise not_found()
    return basis_by_owner[found[0]], found[1]


def _answer_of_verdicts(
    operation: Operation, question: SignalQuestion, access: AccessToken, bases: list[Basis], settings: SignalSettings
) -> dict[str, Any]:
    if operation.service == "fanzha-work-status":
        holder_from = _holder_from(question.number)
        return {"beingWarned": any(is_worked_on(question.number, basis.owner, holder_from) for basis in bases)}
    if not settings.appeal:
        raise CamaraError(501, "NOT_IMPLEMENTED", "No indicator is given until the operator names a way to appeal.")
    holder_from = _holder_from(question.number)
    bank = access.client.organization
    indicators = (
        find_indicator(question.number, basis.owner, bank, holder_from=holder_from, now=question.now) for basis in bases
    )
    found = strongest(one for one in indicators if one is not None)
    note = "No indicator does not mean that a number is safe."
    return {"indicator": found and found | {"appeal": settings.appeal}, "note": note}


def _holder_from(number: str) -> datetime | None:
    """Return since when a number has its present holder, None if no operator says so."""
    holder_ms = signal_store(state_folder()).holder_from(number)
    return from_ms(holder_ms) if holder_ms else None


@cache
def signal_store(folder: Path) -> SignalStore:
    """Return the store of a state folder; it notices replaced files by itself."""
    return SignalStore(folder)


def _no_store(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


# The page of documents of basis.


@signed_in(*BASIS_ROLES)
def bases(request: SignedInRequest) -> HttpResponse:
    """List the documents of basis that the organisation gave or got, and record one."""
    form = BasisForm(request.POST) if request.method == "POST" else BasisForm()
    if request.method == "POST" and form.is_valid():
        try:
            record_basis(request.organization, form.terms(), get_person(request.viewer))
        except Refusal as refused:
            for name, words in refused.fields.items():
                form.add_error(name, localize(words))
        else:
            messages.success(request, _("Recorded. Another person has to approve it before anything is answered."))
            return redirect("signal_bases")
    rows = SignalBasis.objects.select_related("owner", "client", "recorded_by", "approved_by")[:SHOWN]
    asked = count_questions(timezone.now() - timedelta(days=ASKED_DAYS))
    names = all_organizations().in_bulk({row[name] for row in asked for name in ("owner", "client")})
    context = {
        "form": form,
        "asked": present_asked(asked, names),
        "days": ASKED_DAYS,
        "bases": [present_basis(row, request.viewer, timezone.now()) for row in rows],
        "empty": EmptyState(_("No document of basis is on record: nothing is answered to any bank."), "shield"),
        "grades": [present_grade(row) for row in precision_table(request.viewer.organization) if row.n],
    }
    return render(request, "number_signals/bases.html", context, status=422 if form.errors else 200)


@signed_in(*BASIS_ROLES)
@require_POST
def change_basis(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve or end a basis of the own organisation, by the field `do`."""
    basis = get_object_or_404(SignalBasis.objects.select_related("owner"), ref=ref, owner=request.viewer.organization)
    act = approve_basis if request.POST.get("do") == "approve" else end_basis
    try:
        act(basis, get_person(request.viewer))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("signal_bases")
