"""Pages of the exchange: collections, their readers, and the objects given to them."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.exchange.forms import CollectionForm, ReaderForm
from fanzha.command.exchange.models import Collection, CollectionReader
from fanzha.command.exchange.selectors import (
    MANAGERS,
    WATCHERS,
    CollectionAccess,
    list_collections,
    summarize_collection,
)
from fanzha.command.exchange.services import end_grant, grant_reader, make_collection, retire_collection
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import partner_organizations
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, EmptyState, ListRow
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal


@signed_in(*WATCHERS)
def collections(request: SignedInRequest) -> HttpResponse:
    """List the collections of the organisation and those that it may read."""
    rows = [_row(access) for access in list_collections(request.viewer)]
    empty = EmptyState(_("Nothing is shared yet. Make a collection and name who reads it."), "send")
    context = {"rows": rows, "empty": empty, "may_manage": request.viewer.has(*MANAGERS)}
    context |= {"taxii_url": request.build_absolute_uri(reverse("taxii_discovery"))}
    return render(request, "exchange/collections.html", context)


@signed_in(*MANAGERS)
def collection_new(request: SignedInRequest) -> HttpResponse:
    """Make a collection."""
    form = CollectionForm(request.POST) if request.method == "POST" else CollectionForm()
    if request.method == "POST" and form.is_valid():
        try:
            made = make_collection(form.to_draft(), request.viewer)
        except Refusal as refused:
            add_errors(form, refused)
        else:
            return redirect("exchange_collection", made.ref)
    return render(request, "exchange/collection_new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*WATCHERS)
def collection(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a collection of the organisation: readers, what is in it, what was given and what was withheld."""
    row = _own(request, ref)
    may_manage = request.viewer.has(*MANAGERS) and row.retired_at is None
    form = ReaderForm(request.POST or None, owner=row.owner_id) if may_manage else None
    if request.method == "POST" and form is not None and form.is_valid():
        values = form.cleaned_data
        reader = partner_organizations().get(ref=values["organization"])
        try:
            grant_reader(
                row, reader, values["purpose"], request.viewer, country=values["country"], may_add=values["may_add"]
            )
        except Refusal as refused:
            add_errors(form, refused)
        else:
            return redirect("exchange_collection", ref)
    context = {"summary": summarize_collection(row), "form": form, "may_manage": may_manage}
    return render(request, "exchange/collection.html", context, status=422 if form is not None and form.errors else 200)


@signed_in(*MANAGERS)
@require_POST
def reader_end(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """Let an organisation read a collection no longer."""
    rows = CollectionReader.objects.filter(collection=_own(request, ref)).select_related("collection", "reader")
    return _act(request, ref, lambda: end_grant(get_object_or_404(rows, pk=number), request.viewer))


@signed_in(*MANAGERS)
@require_POST
def collection_retire(request: SignedInRequest, ref: str) -> HttpResponse:
    """End a collection."""
    row = _own(request, ref)
    return _act(request, ref, lambda: retire_collection(row, request.viewer))


def _act(request: HttpRequest, ref: str, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("exchange_collection", ref)


def add_errors(form: forms.Form, refused: Refusal) -> None:
    """Show the reasons of a refusal beside their fields."""
    faults = refused.fields or {"": refused.words}
    for name, words in faults.items():
        form.add_error(name if name in form.fields else None, localize(words))


def _own(request: SignedInRequest, ref: str) -> Collection:
    return get_object_or_404(Collection.objects.filter(owner=request.viewer.organization), ref=ref)


def _row(access: CollectionAccess) -> ListRow:
    row = access.collection
    badges = [Badge(row.ceiling, "shield")]
    badges += [Badge(_("abroad"), "send")] if row.is_abroad else []
    return ListRow(
        title=row.title,
        href=reverse("exchange_collection", args=[row.ref]) if access.is_owner else "",
        summary=_("ours") if access.is_owner else _("shared by %(name)s") % {"name": row.owner.name},
        badges=tuple(badges),
        at=row.created_at,
        meta=(str(row.taxii_id),),
    )
