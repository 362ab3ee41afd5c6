"""Models of shifts: who of an organisation works on a process, what was handed over when, and digests by mail."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class ProcessAssignment(Scoped):
    """Who of one organisation works on a process. Each organisation that takes part assigns its own people."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "instance"], name="one_assignment_an_organization")
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "person"], name="assignment_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.instance_id}"


class Handover(Scoped):
    """What a person handed over to a colleague at the end of a shift.

    `items` are objects with `kind` (campaign or process), `ref` and `note`; titles are made when it is read.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    to = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    remark = models.CharField(max_length=1_000, blank=True)
    items = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="handover_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} to {self.to_id}"


class DigestTime(models.TextChoices):
    """When a digest is sent."""

    DAILY = "daily", _("every day")
    SHIFT_END = "shift_end", _("when I hand over, or my watch ends")


class DigestChoice(Scoped):
    """The wish of a person of an organisation for a digest by mail; `hour` is in the organisation's time zone."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    time = models.CharField(max_length=9, choices=DigestTime.choices)
    hour = models.PositiveSmallIntegerField(default=8)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "person"], name="one_digest_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.time}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the viewer's own choice."""
        return Q(owner=viewer.organization, person=viewer.person or 0)


class DigestMail(Scoped):
    """A digest that was claimed by its key, and sent once `sent_at` is set."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "person", "key"], name="one_digest_mail_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.key}"
