"""API routes of webhooks: subscriptions, keys and deliveries."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.command.web.roles import Role
from fanzha.command.webhooks.delivery import retry_delivery
from fanzha.command.webhooks.models import Delivery, Subscription
from fanzha.command.webhooks.schemas import ChangeIn, DeliveryOut, SubscribeIn, SubscriptionOut
from fanzha.command.webhooks.services import cancel_subscription, change_key, set_active, subscribe

ROUTER = Router(tags=["webhooks"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get(
    "/subscriptions", response=Page[SubscriptionOut], operation_id="fanzha_command_webhooks_api_list_subscriptions"
)
@for_roles(Role.ADMINISTRATOR)
def list_subscriptions(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the subscriptions of the caller's organisation."""
    page = paginate(Subscription.objects.filter(removed_at=None), paging)
    return page | {"items": [SubscriptionOut.of(row) for row in page["items"]]}


@ROUTER.post(
    "/subscriptions", response={201: SubscriptionOut}, operation_id="fanzha_command_webhooks_api_make_subscription"
)
@for_roles(Role.ADMINISTRATOR)
def make_subscription(request: ApiRequest, body: SubscribeIn) -> Status[SubscriptionOut]:
    """Subscribe a URL to future events."""
    subscription = subscribe(request.organization, body.url, body.processes, get_actor(request.viewer))
    return Status(201, SubscriptionOut.of(subscription))


@ROUTER.get(
    "/subscriptions/{ref}", response=SubscriptionOut, operation_id="fanzha_command_webhooks_api_read_subscription"
)
@for_roles(Role.ADMINISTRATOR)
def read_subscription(request: ApiRequest, ref: str) -> SubscriptionOut:
    """Return one subscription."""
    return SubscriptionOut.of(_get_subscription(ref))


@ROUTER.patch(
    "/subscriptions/{ref}", response=SubscriptionOut, operation_id="fanzha_command_webhooks_api_change_subscription"
)
@for_roles(Role.ADMINISTRATOR)
def change_subscription(request: ApiRequest, ref: str, body: ChangeIn) -> SubscriptionOut:
    """Pause or resume a subscription."""
    subscription = _get_subscription(ref)
    set_active(subscription, body.is_active, get_actor(request.viewer))
    return SubscriptionOut.of(subscription)


@ROUTER.post(
    "/subscriptions/{ref}/key",
    response=SubscriptionOut,
    operation_id="fanzha_command_webhooks_api_change_subscription_key",
)
@for_roles(Role.ADMINISTRATOR)
def change_subscription_key(request: ApiRequest, ref: str) -> SubscriptionOut:
    """Create a new signing key. The previous key also signs until the next change."""
    subscription = _get_subscription(ref)
    change_key(subscription, get_actor(request.viewer))
    return SubscriptionOut.of(subscription)


@ROUTER.delete(
    "/subscriptions/{ref}", response={204: None}, operation_id="fanzha_command_webhooks_api_end_subscription"
)
@for_roles(Role.ADMINISTRATOR)
def end_subscription(request: ApiRequest, ref: str) -> Status[None]:
    """End a subscription."""
    cancel_subscription(_get_subscription(ref), get_actor(request.viewer))
    return Status(204, None)


@ROUTER.get(
    "/subscriptions/{ref}/deliveries",
    response=Page[DeliveryOut],
    operation_id="fanzha_command_webhooks_api_list_deliveries",
)
@for_roles(Role.ADMINISTRATOR)
def list_deliveries(request: ApiRequest, ref: str, paging: PagingQuery, dead: bool = False) -> dict[str, object]:
    """List deliveries, the latest first; with `dead`, only failed ones."""
    rows = Delivery.objects.filter(subscription=_get_subscription(ref)).select_related("subscription")
    page = paginate(rows.filter(state="dead") if dead else rows, paging)
    return page | {"items": [DeliveryOut.of(row) for row in page["items"]]}


@ROUTER.post(
    "/subscriptions/{ref}/deliveries/{number}/again",
    response={202: None},
    operation_id="fanzha_command_webhooks_api_send_delivery_again",
)
@for_roles(Role.ADMINISTRATOR)
def send_delivery_again(request: ApiRequest, ref: str, number: int) -> Status[None]:
    """Retry a failed delivery."""
    if not retry_delivery(
        get_object_or_404(Delivery.objects.filter(subscription=_get_subscription(ref)), pk=number), timezone.now()
    ):
        raise Problem("conflict")
    return Status(202, None)


def _get_subscription(ref: str) -> Subscription:
    return get_object_or_404(Subscription.objects.select_related("owner"), ref=ref, removed_at=None)
