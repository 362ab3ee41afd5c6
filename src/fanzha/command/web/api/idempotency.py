"""Idempotency keys: a repeated request has no second effect and returns the stored answer.

Follows draft-ietf-httpapi-idempotency-key-header. The answer is stored in the transaction of the request. A concurrent
repeat waits for the first request. Failed requests are rolled back, not stored, and can be retried.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from fanzha.base.ids import digest
from fanzha.command.web.api.models import KeptAnswer
from fanzha.command.web.api.problems import Problem

KEPT = timedelta(hours=48)
REPLAYED = "Idempotency-Replayed"


class _RolledBack(Exception):
    """Roll back the transaction of a request whose answer is an error."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def answer_once(request: HttpRequest, caller: str, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the result of `answer`, or the one stored for the key. Raise Problem if another request used the key."""
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise Problem("malformed", _("An idempotency key has 1 to 200 printable characters."))
    asked = _hash(request)
    try:
        with import_string(settings.API_TRANSACTION)():
            kept = _begun(caller, key, asked)
            if kept.status:
                return _again(kept, asked)
            made = answer()
            if made.status_code >= 400 or made.streaming:
                raise _RolledBack(made)
            _keep(kept, made)
            return made
    except _RolledBack as failed:
        return failed.answer


def _begun(caller: str, key: str, asked: str) -> KeptAnswer:
    """Return the locked row of this key. A concurrent request waits here until the first one ends."""
    found = KeptAnswer.objects.filter(caller=caller, key=key, created_at__gt=timezone.now() - KEPT).first()
    if found is not None:
        return found
    KeptAnswer.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(caller=caller, key=key, request_hash=asked)
    except IntegrityError:
        return KeptAnswer.objects.get(caller=caller, key=key)


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.request_hash != asked:
        raise Problem("key_reused", _("Use a new key for each request."))
    answer = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    answer[REPLAYED] = "true"
    return answer


def _keep(kept: KeptAnswer, made: HttpResponse) -> None:
    kept.status, kept.body = made.status_code, made.content
    kept.content_type = made.get("Content-Type", "")[:80]
    kept.save(update_fields=["status", "body", "content_type"])


def _hash(request: HttpRequest) -> str:
    """Return a digest of the request. A form with files is hashed by its parts, because its body is read only once."""
    asked = [request.method, request.get_full_path(), request.headers.get("If-Match", "")]
    if request.content_type != "multipart/form-data":
        return digest(*asked, request.body)
    parts = [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    sent = [file for _, files in sorted(request.FILES.lists()) for file in files]
    files = [digest(*file.chunks()) for file in sent]
    for file in sent:
        file.seek(0)
    return digest(*asked, *parts, *files)
