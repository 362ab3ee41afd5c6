"""Models of public reports."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class ReportState(models.TextChoices):
    """What became of a report after it was received."""

    WAITING = "waiting"  # not yet read by the worker
    OPENED = "opened"  # a process was opened for it
    JOINED = "joined"  # it joined a process about the same thing, or with the same text
    HELD = "held"  # held back: too many from the same address block, or too many at once
    FAILED = "failed"  # no process could be opened; `problem` says why


class TagState(models.TextChoices):
    """How far a report has come in tagging what it is about."""

    WAITING = ""
    TAGGED = "tagged"
    PROVEN = "proven"  # the operator of the number checked it
    ENDED = "ended"  # settled by the result, or nothing to tag


class ReportOutcome(models.TextChoices):
    """The outcome of a report by the verified result of its process."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class ProtectionState(models.TextChoices):
    """How far the protection of a reporter is."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    ENDED = "ended"


class Report(Scoped):
    """One report of the public, as it was received. Only the organisation that received it reads it.

    `process` is the ref of the process that handles it, "" while there is none. `value` is the canonical value of
    `subject_kind`; both are "" if nothing could be identified. `contact` is how the reporter can be called back; it is
    erased with `text` and `screenshots` when the retention period ends. `block` is a keyed hash of the network of the
    address, and `reporter` one of the contact, or of the block without a contact: neither can be turned back. What is
    taken by phone, file or key has no address: its block is a hash of the contact, else of the report. `taker` is the
    reference of the call-taker or key. `wide_block` is a keyed hash of the wider network (/16, or /32 of IPv6), which
    one operator has. `tag_state` says whether it has tagged its thing. `is_counted`: the findings of its thing count
    it. `text_key` is the digest of the words of `text`. `receipt` is a keyed hash of the receipt code. `is_worked`: it
    has a proof of work; `work` is the number of its zero bits. `is_backed`: when it was opened, it had outside evidence
    or more work than the page requires. `outcome` is set when the process ends, "" before. `link` is the reported page
    without query and fragment, which may identify the recipient; `look` is the ref of the look at it, "-" if the link
    is no page. `protection` is the state of the protection of the reporter, "" if none was requested. `score` is the
    likeness of the text to fraud, 0-1; null without a text.
    `has_new_picture`: a picture was added after the others, at `picture_added_at`, and is unread. `happened_at` is when
    the call, text or page came, as the reporter says; null if unknown.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    category = models.CharField(max_length=8)
    grade = models.CharField(max_length=8)
    target_kind = models.CharField(max_length=8)
    subject_kind = models.CharField(max_length=20, blank=True)
    value = models.CharField(max_length=2000, blank=True)
    link = models.CharField(max_length=2000, blank=True, default="")
    look = models.CharField(max_length=26, blank=True, default="")
    text = models.TextField(blank=True)
    loss = models.PositiveBigIntegerField(null=True)
    contact = models.CharField(max_length=120, blank=True)
    reporter = models.CharField(max_length=32)
    block = models.CharField(max_length=32)
    wide_block = models.CharField(max_length=32, blank=True)
    text_key = models.CharField(max_length=40, blank=True)
    receipt = models.CharField(max_length=64, unique=True)
    taker = models.CharField(max_length=80, blank=True)
    is_counted = models.BooleanField(default=False)
    tag_state = models.CharField(max_length=6, choices=TagState.choices, blank=True, default=TagState.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    is_worked = models.BooleanField(default=False)
    is_backed = models.BooleanField(default=False)
    work = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.WAITING)
    process = models.CharField(max_length=26, blank=True)
    protection = models.CharField(max_length=8, choices=ProtectionState.choices, blank=True)
    outcome = models.CharField(max_length=9, choices=ReportOutcome.choices, blank=True)
    score = models.FloatField(null=True)
    fraud_type = models.CharField(max_length=20, blank=True)
    screenshots = models.JSONField(default=list)
    has_new_picture = models.BooleanField(default=False)
    picture_added_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="report_of_owner"),
            models.Index(fields=["process"], name="report_of_process"),
            models.Index(fields=["owner", "block", "received_at"], name="report_of_block"),
            models.Index(fields=["owner", "wide_block", "received_at"], name="report_of_wide_block"),
            models.Index(fields=["owner", "reporter"], name="report_of_reporter"),
            models.Index(fields=["owner", "value"], name="report_of_value"),
            models.Index(fields=["owner", "text_key"], name="report_of_text"),
            models.Index(
                fields=["owner", "received_at"], name="report_to_read", condition=Q(state__in=("waiting", "held"))
            ),
            models.Index(
                fields=["id"], name="report_to_tag", condition=Q(state__in=("opened", "joined"), tag_state="")
            ),
            models.Index(
                fields=["owner", "received_at"],
                name="report_to_look",
                condition=Q(state__in=("opened", "joined"), look="") & ~Q(link=""),
            ),
            models.Index(fields=["process"], name="report_to_settle", condition=Q(tag_state__in=("tagged", "proven"))),
        ]

    @property
    def thing(self) -> tuple[str, str]:
        """Return kind and value of what is reported; both are "" if nothing was identified."""
        return self.subject_kind, self.value

    def __str__(self) -> str:
        return f"report {self.ref}"


class PictureBasis(Scoped):
    """An impact assessment on which the pictures of an organisation's reports are read; two people are needed."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    document = models.CharField(max_length=120)
    need = models.TextField()
    risks = models.TextField()
    measures = models.TextField()
    recorded_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    approved_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.document


class PictureText(Scoped):
    """The text of one picture of a report (`number` from 1), and the numbers and links in it as kind and value.

    `problem` says why it could not be read. `score` is how like a fraud the text is, 0-1; null without a text.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    found = models.JSONField(default=list)
    problem = models.CharField(max_length=200, blank=True)
    score = models.FloatField(null=True)
    read_at = models.DateTimeField()
    passed_on_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="picture_read_once")]

    def __str__(self) -> str:
        return f"text of picture {self.number}"
