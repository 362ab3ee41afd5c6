"""Public pages of tags (look up, dispute, what an installed page needs), and the counter that gives codes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fanzha.base.errors import Malformed
from fanzha.command.number_tags.forms import DisputeCodeForm, DisputeForm, LookupForm
from fanzha.command.number_tags.hash_lookup import hash_entries
from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.presenters import all_answers, present_answer, present_dispute
from fanzha.command.number_tags.services import DISPUTE_DAYS, PHONE, look_up
from fanzha.command.number_tags.tag_disputes import DECIDERS, decide_dispute, dispute_tags, find_dispute, give_code
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.web.access import signed_in
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.client_address import address_block
from fanzha.command.web.i18n import localize
from fanzha.command.web.public_page import public_page
from fanzha.command.web.roles import Kind, Role
from fanzha.kinds import all_kinds
from fanzha.processes.refusal import Refusal

#: Questions of one address a minute, and tries of a code.
LOOKUPS_PER_MINUTE, TRIES_PER_MINUTE = 30, 5
COUNTER_KINDS = (Kind.CARRIER, Kind.MVNO)
SHOWN = 100
_LIMIT = RateLimit()


@public_page(remembers=False)
def lookup(request: HttpRequest) -> HttpResponse:
    """Look a value up. The request is a POST, so that the value is in no URL and no access log."""
    form = LookupForm(request.POST or None)
    found, status = None, 200
    if request.method == "POST":
        if not _is_within(request, "look up", LOOKUPS_PER_MINUTE):
            return render(request, "number_tags/busy.html", status=429)
        if form.is_valid():
            try:
                found = look_up(_kind_of(**form.cleaned_data), form.cleaned_data["value"])
            except Malformed:
                form.add_error("value", _("This cannot be read as what you chose."))
        status = 200 if found else 422
    context = {"form": form, "found": present_answer(found) if found else None, "answers": all_answers()}
    return render(request, "number_tags/lookup.html", context, status=status)


def _kind_of(kind: str, value: str) -> str:
    """Return the kind of a value that is looked up: a link may be typed under the kind that stands first."""
    is_link = kind == PHONE and "." in value and any("a" <= letter <= "z" for letter in value.lower())
    return "website" if is_link else kind


@public_page(remembers=False)
def dispute(request: HttpRequest) -> HttpResponse:
    """Let the owner of a number dispute its tags with a code, and see with the same code what was decided.

    The answer to a dispute does not say whether there are any tags.
    """
    form, row = DisputeForm(request.POST or None), None
    if request.method == "POST":
        if not _is_within(request, "dispute", TRIES_PER_MINUTE):
            return render(request, "number_tags/busy.html", status=429)
        if form.is_valid():
            number, code, statement = (form.cleaned_data[name] for name in ("number", "code", "statement"))
            row = find_dispute(number, code)
            if row is None and dispute_tags(number, code, statement):
                row = find_dispute(number, code)
            if row is None:
                form.add_error("code", _("The code does not match this number, or is too old."))
    status = 422 if request.method == "POST" and row is None else 200
    context = {"form": form, "state": present_dispute(row) if row else None, "days": DISPUTE_DAYS.days}
    return render(request, "number_tags/dispute.html", context, status=status)


@require_GET
def hashes(request: HttpRequest, kind: str, prefix: str) -> HttpResponse:
    """Return the hashes that begin with a prefix. Other origins may read it: it has no cookie and no personal data."""
    if not _is_within(request, "hashes", LOOKUPS_PER_MINUTE * 4):
        return JsonResponse({"error": "too many questions"}, status=429, headers={"Retry-After": "60"})
    try:
        entries = hash_entries(kind, prefix)
    except Malformed as error:
        answer = JsonResponse({"error": error.reason}, status=400)
        setattr(answer, "_has_been_logged", True)  # noqa: B010  its address may name a whole number: Django logs none
        return answer
    answer = JsonResponse({"entries": entries, "note": "No report does not mean safe."})
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Return the manifest with which look-up, reports and their progress are installed on a phone as one app.

    Browsers ignore shortcuts outside the scope, so that it is the whole site.
    """
    content = {
        "id": "/tags/",
        "name": "号码查询与举报 Look up and report",
        "short_name": "查号举报",
        "start_url": "/tags/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5cad",
        "shortcuts": [
            {"name": "举报 Report", "url": "/report/"},
            {"name": "查办理结果 Follow", "url": "/report/follow/"},
        ],
        "icons": [{"src": static("site/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker of the installed app. It may be registered for the pages of reports, too."""
    answer = render(request, "number_tags/worker.js", content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    return answer


@signed_in(Role.CLERK, Role.REVIEWER, kinds=(*COUNTER_KINDS, *DECIDERS))
def disputes(request: SignedInRequest) -> HttpResponse:
    """List the disputes to decide and those of own numbers; at the counter, give a code to the holder of a number."""
    is_counter = request.organization.kind in COUNTER_KINDS
    form, code = DisputeCodeForm(request.POST or None), ""
    if request.method == "POST" and not is_counter:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if request.method == "POST" and form.is_valid():
        try:
            number, is_looked_up = form.cleaned_data["number"], form.cleaned_data["in_customer_system"]
            person = get_person(request.viewer)
            _row, code = give_code(request.organization, number, person, is_in_customer_system=is_looked_up)
        except Malformed:
            form.add_error("number", _("This is not a phone number."))
        except Refusal as refused:
            form.add_error("number", localize(refused.words))
        else:
            form = DisputeCodeForm()
    rows = TagDispute.objects.filter(disputed_at__isnull=False).select_related("owner", "decider")[:SHOWN]
    deciding = {row.pk for row in TagDispute.to_decide(request.viewer)[:SHOWN]} if _may_decide(request) else set()
    items = [(row, all_kinds()[row.kind].mask(row.value), row.pk in deciding) for row in rows]
    context = {"form": form, "code": code, "items": items, "is_counter": is_counter, "days": DISPUTE_DAYS.days}
    return render(request, "number_tags/disputes.html", context, status=422 if form.errors else 200)


@signed_in(Role.REVIEWER, kinds=(*COUNTER_KINDS, *DECIDERS))
@require_POST
def decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Decide a dispute by the field `do`: uphold or reject."""
    row = get_object_or_404(TagDispute.to_decide(request.viewer), ref=ref)
    try:
        decide_dispute(row, get_person(request.viewer), upheld=request.POST.get("do") == "uphold")
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("tag_disputes")


def _may_decide(request: SignedInRequest) -> bool:
    return request.viewer.has(Role.REVIEWER)


def _is_within(request: HttpRequest, name: str, per_minute: int) -> bool:
    try:
        _LIMIT.take(f"{name} {address_block(request)}", per_minute)
    except Problem:
        return False
    return True
