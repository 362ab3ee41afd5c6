"""Deliveries of events to subscribers: waiting, done, or failed until somebody retries them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.command.organizations.models import Organization
from fanzha.command.web.scoping import Scoped
from fanzha.command.webhooks.models.subscription import Subscription


class DeliveryState(models.TextChoices):
    """State of a delivery."""

    WAITING = "waiting", _("on its way")
    DONE = "done", _("taken")
    DEAD = "dead", _("given up")


class Delivery(Scoped):
    """One event, by its place in the log. `body` is the same in every attempt."""

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
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
