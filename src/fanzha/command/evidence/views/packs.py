"""Have an evidence pack made of a case and download it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanzha.base.errors import FanzhaError
from fanzha.command.audit.signing import public_key
from fanzha.command.evidence.forms import PackForm
from fanzha.command.evidence.pack_builder import NeedsSecondPerson, PackRequest, make_pack
from fanzha.command.evidence.permissions import READERS, SHOWN_PERSONAL
from fanzha.command.exports.export_settings import export_settings
from fanzha.command.exports.services import request_pack
from fanzha.command.exports.unmasking import UnmaskingRefused
from fanzha.command.organizations.reauthentication import AN_HOUR, require_confirmation_within
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.parties import to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize


@signed_in(*READERS)
def pack(request: SignedInRequest) -> HttpResponseBase:
    """Ask for a pack, or send it."""
    viewer = request.viewer
    may_show = viewer.has(*SHOWN_PERSONAL)
    if request.method != "POST":
        return _form(request, PackForm(may_show, initial={"ref": request.GET.get("ref", "")}))
    form = PackForm(may_show, request.POST)
    if not form.is_valid():
        return _form(request, form, 422)
    given, actor = form.cleaned_data, to_actor(viewer)
    asked = PackRequest(
        given["ref"].strip(), given["purpose"], actor.person, actor.organization, given.get("personal", False)
    )
    send = require_confirmation_within(AN_HOUR)(_send) if asked.personal else _send
    return send(request, form, asked)


def _send(request: SignedInRequest, form: PackForm, asked: PackRequest) -> HttpResponse:
    viewer = request.viewer
    try:
        made = make_pack(asked, viewer).zip
    except NeedsSecondPerson as more:
        waiting = request_pack(viewer, asked.ref, asked.purpose, more.values)
        messages.info(request, _("A second person has to approve it, for what it holds of people; then it is here."))
        return redirect("export", waiting.ref)
    except FanzhaError as refused:
        form.add_error(None, refused.what)
    except UnmaskingRefused as refused:
        form.add_error(None, localize(refused.words))
    else:
        return zip_answer(asked.ref, made)
    return _form(request, form, 422)


def zip_answer(ref: str, made: bytes) -> HttpResponse:
    """Return a pack as a file to keep."""
    name = "".join(sign for sign in ref if sign.isalnum() or sign in "-_")
    headers = {"Content-Disposition": f'attachment; filename="fanzha-evidence-{name}.zip"'}
    return HttpResponse(made, content_type="application/zip", headers=headers)


def _form(request: HttpRequest, form: PackForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "key": public_key(), "alone": export_settings().personal_values}
    return render(request, "evidence/pack.html", context, status=status)
