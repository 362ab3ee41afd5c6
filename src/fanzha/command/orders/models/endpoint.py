"""Where orders reach an organisation: by which channel, at which address, signed with which keys."""

from typing import ClassVar

from django.db import models

from fanzha.base.ids import sortable_id
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.scoping import Scoped


class Endpoint(Scoped):
    """One endpoint of an organisation. Secrets are not stored in the database.

    `their_keys` are public keys (`whpk_…`, blanks between, newest first). `secret_file` names a file `orders-…` in
    `keys/` of the state folder that holds a shared secret; "" if each side signs with a key pair. The own key
    pair is derived from `keys/` by `ref` and `generation`; during a change the previous one signs too.
    `sent_*` and `received_*` are the newest file of each direction: its number, and the digest of its manifest.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="order_endpoints")
    channel = models.CharField(max_length=40)
    address = models.CharField(max_length=400, blank=True)
    their_keys = models.TextField(blank=True)
    secret_file = models.CharField(max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    sent_sequence = models.PositiveIntegerField(default=0)
    sent_digest = models.CharField(max_length=64, blank=True)
    received_sequence = models.PositiveIntegerField(default=0)
    received_digest = models.CharField(max_length=64, blank=True)
    tested_at = models.DateTimeField(null=True)
    test_problem = models.CharField(max_length=400, blank=True)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["owner", "channel"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "channel"], name="one_endpoint_a_channel")]

    def __str__(self) -> str:
        return f"{self.channel} {self.ref}"
