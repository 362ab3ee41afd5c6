"""Pages of feeds: trust, last contact, silence, what was used and what not, and how well they held."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.exchange.feed_precision import FeedPrecision, list_feed_precisions
from fanzha.command.exchange.feed_services import change_feed, end_feed, is_silent, subscribe_feed
from fanzha.command.exchange.forms import FeedChangeForm, FeedForm
from fanzha.command.exchange.models import Feed
from fanzha.command.exchange.partners import list_partners
from fanzha.command.exchange.selectors import MANAGERS, WATCHERS, list_feeds, summarize_feed
from fanzha.command.exchange.views import add_errors
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import partner_organizations
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, DataTable, EmptyState, ListRow, Tone
from fanzha.command.web.i18n import localize, localize_text
from fanzha.processes.refusal import Refusal


@signed_in(*WATCHERS)
def feeds(request: SignedInRequest) -> HttpResponse:
    """List the feeds of the organisation, with silent ones marked."""
    rows = [_row(feed) for feed in list_feeds()]
    empty = EmptyState(_("No feed of another organisation is fetched."), "download")
    context = {"rows": rows, "empty": empty, "may_manage": request.viewer.has(*MANAGERS)}
    return render(request, "exchange/feeds.html", context)


@signed_in(*WATCHERS)
def partners(request: SignedInRequest) -> HttpResponse:
    """Show the objects given to each partner, its statements, and the share confirmed of it and of each feed."""
    now = timezone.now()
    context = {"rows": list_partners(request.viewer, now), "feeds": _feed_table(request, now)}
    return render(request, "exchange/partners.html", context)


def _feed_table(request: SignedInRequest, now: datetime) -> DataTable | None:
    """Return how well each feed held, None without any."""
    rows = tuple(
        (f"{row.feed.source.name}: {localize_text(row.feed.name)}", *row[1:6], _share(row))
        for row in list_feed_precisions(request.viewer, now)
    )
    head = (
        *(_("feed"), _("used"), _("not used"), _("withdrawn")),
        *(_("decided the same"), _("decided the opposite"), _("precision")),
    )
    title = _("How well each feed held")
    return DataTable(title, head, rows, frozenset(range(1, 7))) if rows else None


def _share(row: FeedPrecision) -> str:
    if row.share is None or row.interval is None:
        return _("not enough decisions")
    return f"{row.share:.0%} ({row.interval.low:.0%} – {row.interval.high:.0%})"


@signed_in(*MANAGERS)
def feed_new(request: SignedInRequest) -> HttpResponse:
    """Subscribe to a feed."""
    form = FeedForm(request.POST or None, owner=request.viewer.organization)
    if request.method == "POST" and form.is_valid():
        source = partner_organizations().get(ref=form.cleaned_data["source"])
        try:
            feed = subscribe_feed(source, form.to_terms(), request.viewer)
        except Refusal as refused:
            add_errors(form, refused)
        else:
            return redirect("exchange_feed", feed.ref)
    return render(request, "exchange/feed_new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*WATCHERS)
def feed(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one feed, and let its managers change the trust in it."""
    row = get_object_or_404(list_feeds().select_related("owner"), ref=ref)
    may_manage = request.viewer.has(*MANAGERS)
    initial = {"trust": row.trust, "is_active": row.is_active}
    form = FeedChangeForm(request.POST or None, initial=initial) if may_manage else None
    if request.method == "POST" and form is not None and form.is_valid():
        values = form.cleaned_data
        try:
            change_feed(row, values["trust"], is_active=values["is_active"], viewer=request.viewer)
        except Refusal as refused:
            add_errors(form, refused)
        else:
            return redirect("exchange_feed", ref)
    context = {"summary": summarize_feed(row, timezone.now()), "form": form, "may_manage": may_manage}
    return render(request, "exchange/feed.html", context, status=422 if form is not None and form.errors else 200)


@signed_in(*MANAGERS)
@require_POST
def feed_end(request: SignedInRequest, ref: str) -> HttpResponse:
    """End a feed."""
    row = get_object_or_404(Feed.objects.select_related("owner", "source"), ref=ref)
    try:
        end_feed(row, request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("exchange_feeds")


def _row(feed: Feed) -> ListRow:
    badges = [Badge(_("silent"), "alert", Tone.HARM)] if feed.is_active and is_silent(feed, timezone.now()) else []
    badges += [] if feed.is_active else [Badge(_("paused"), "clock")]
    badges += [Badge(_("not reached"), "alert", Tone.HARM)] if feed.failing_since else []
    return ListRow(
        title=localize_text(feed.name),
        href=reverse("exchange_feed", args=[feed.ref]),
        summary=feed.source.name,
        badges=tuple(badges),
        at=feed.brought_at or feed.created_at,
        meta=(feed.get_format_display(), _("trust %(trust)s") % {"trust": f"{feed.trust:g}"}),
    )
