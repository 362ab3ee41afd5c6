"""The endpoint to which receivers' systems post signed answers; unsigned requests get no information."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fanzha.base.errors import WrongCall
from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage, UnreadableAnswer, UnverifiedMessage, all_channels

LONGEST = 4_194_304


@csrf_exempt
@require_POST
def receive_answers(request: HttpRequest, ref: str) -> HttpResponse:
    """Receive answers of an endpoint: 200 with each result, 401 if not signed, 413 if too large, 422 if invalid."""
    if len(request.body) > LONGEST:
        return JsonResponse({"problem": "too large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    with unscoped("a receiver's system is no viewer: its signature tells whose answers these are"):
        endpoint = Endpoint.objects.select_related("owner").filter(ref=ref, is_active=True).first()
        if endpoint is None or all_channels()[endpoint.channel].goes != "http":
            return JsonResponse({"problem": "not signed by anybody who is known"}, status=401)
        try:
            message = ingest_request(endpoint, IncomingMessage(request.body, headers), timezone.now())
        except UnverifiedMessage:
            return JsonResponse({"problem": "not signed by anybody who is known"}, status=401)
        except WrongCall:
            return JsonResponse({"problem": "the key of this endpoint is not there"}, status=503)
        except UnreadableAnswer as problem:
            return JsonResponse({"problem": str(problem)}, status=422)
        rows = message.answers.values("leg", "state", "outcome", "reason_zh", "reason_en")
        return JsonResponse({"used": message.used, "rejected": message.rejected, "answers": list(rows)})
