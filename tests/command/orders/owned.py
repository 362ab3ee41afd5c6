"""What the carrier owns of orders in the access matrix: an order that it gave, a way to it, an answer."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.orders.given import endpoint
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.base.clock import iso, to_ms
from fanzha.base.marking import Marking
from fanzha.command.orders.models import ReceivedAnswer, ReceivedMessage, Sending
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make an order of the carrier to itself and to the MVNO, under a marking for named readers alone."""
    now = timezone.now()
    evidence = draft_evidence(world, now, ("mvno",)) | {"reason": secret}
    about = About(title=secret, marking=Marking.RED, simulated=True)
    order = open_process(
        "order", "draft", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence, about=about
    )
    fire(order.ref, "approve", actor(world, "carrier", Role.REVIEWER), {"opinion": secret})
    clerk = actor(world, "carrier", Role.CLERK)
    words = {"order": order.ref, "targets": (1,), "channel": "shop", "text": secret}
    appeal = open_process("target_appeal", "appeal", world["carrier"], clerk, words, about=about)
    carrier_endpoint = endpoint(world, "carrier", "signed_file", address=secret)
    sending = Sending._base_manager.create(
        item=OutboxItem.objects.filter(instance=order).order_by("pk")[0],
        instance=order,
        leg="1",
        receiver=world["carrier"],
        endpoint=carrier_endpoint,
        channel=carrier_endpoint.channel,
        state="dead",
        problem=secret,
        began_at=now,
        last_at=now,
    )
    message = ReceivedMessage._base_manager.create(
        endpoint=carrier_endpoint, way="file", name=secret, outcome="used", reason_zh=secret, reason_en=secret, at=now
    )
    ReceivedAnswer.objects.create(
        message=message, place=0, leg=secret, state="refused", outcome="rejected", reason_zh=secret, reason_en=secret
    )
    return Owned(
        hidden={
            "orders/{ref}": order.ref,
            "orders/appeals/{ref}": appeal.ref,
            "orders/{ref}/legs/{leg}": "1",
            "orders/sendings/{number}": sending.pk,
            "api/v1/orders/{ref}": order.ref,
            "api/v1/orders/{ref}/legs/{leg}": "1",
            "api/v1/orders/sendings/{number}": sending.pk,
        },
        shared={
            "orders/endpoints/{channel}": "signed_file",
            "orders/answers/{ref}": carrier_endpoint.ref,
            "api/v1/orders/endpoints/{channel}": "signed_file",
        },
        bodies={
            "POST api/v1/orders/": {
                "target_kind": "number",
                "action": "refuse",
                "targets": ["+8617000001234"],
                "reason": "a burst",
                "receivers": [world["mvno"].ref],
                "expires_at": iso(to_ms(now) + 86_400_000),
            },
            "POST api/v1/orders/impact": {"target_kind": "number", "action": "refuse", "targets": ["+8617000001234"]},
            "POST api/v1/orders/{ref}/measurements": {"kind": "test_call", "value": "+8617000001234"},
        },
    )
