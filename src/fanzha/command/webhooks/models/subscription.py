"""Subscriptions of other systems to process events that their organisation may read."""

from typing import ClassVar

from django.db import models

from fanzha.base.ids import sortable_id
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.scoping import Scoped


class Subscription(Scoped):
    """One subscribed URL. `processes` are names (none: all). Events up to the log place `cursor` have been queued.

    `held_until` is the end of the sending worker's lease.

    The signing key is derived from `keys/` with `ref` and `generation`; the subscriber receives only the public key.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    url = models.CharField(max_length=400)
    processes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    generation = models.PositiveIntegerField(default=1)
    cursor = models.BigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="subscription_of_owner")]

    def __str__(self) -> str:
        return self.url
