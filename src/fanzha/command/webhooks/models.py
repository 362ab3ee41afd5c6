"""Models of webhooks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class Subscription(Scoped):
    """A subscription of another system to process events that its organisation may read.

    `processes` are names (none: all). Events up to the log place `cursor` have been queued. `held_until` is the end of
    the sending worker's lease. The signing key is derived from `keys/` with `ref` and `generation`; the subscriber
    receives only the public key.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    url = models.CharField(max_length=400)
    processes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    generation = models.PositiveIntegerField(default=1)
    cursor = models.BigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="subscription_of_owner")]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """State of a delivery."""

    WAITING = "waiting", _("on its way")
    DONE = "done", _("taken")
    DEAD = "dead", _("given up")


class Delivery(Scoped):
    """A delivery of one event, by its place in the log, to a subscriber.

    `body` is the same in every attempt.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    place = models.BigIntegerField()
    body = models.TextField()
    state = models.CharField(max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "place"], name="one_delivery_an_event")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "next_at", "id"], name="delivery_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["done_at"], name="delivery_done", condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}/{self.place}"

    @property
    def message(self) -> str:
        """Return the message id, the same in every attempt."""
        return f"evt_{self.subscription.ref}_{self.place}"
