"""Models of looks at pages."""

from typing import ClassVar

from django.db import models

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class CaptureState(models.TextChoices):
    """How far a look is."""

    WAITING = "waiting"
    SEEN = "seen"
    FAILED = "failed"  # nothing was seen; `problem` says why


class CaptureSource(models.TextChoices):
    """Who asked for a look."""

    DESK = "desk"
    REPORT = "report"
    WATCH = "watch"
    PROBE = "probe"
    MEASURE = "measure"  # before a domain is blocked, or when an appeal is heard


class Capture(Scoped):
    """One look at a page. Only the organisation that asked for it reads it.

    Its evidence is the folder `looks/REF` of the state folder. `about` is the reference of what it was asked for (a
    report, a candidate, a process). `asks` are the names of secrets that the page asks for. `score` is the highest of
    its findings, null without one. `process` is the ref of the process that it was handed on to. `icon`: the favicon
    as Shodan counts it, null without one. `stamped_at` is the moment of the time-stamp of its manifest.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000)
    host = models.CharField(max_length=255)
    source = models.CharField(max_length=8, choices=CaptureSource.choices)
    about = models.CharField(max_length=80, blank=True)
    asked_by = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CaptureState.choices, default=CaptureState.WAITING)
    problem = models.CharField(max_length=500, blank=True)
    looked_at = models.DateTimeField(null=True)
    title = models.CharField(max_length=500, blank=True)
    final_url = models.CharField(max_length=2000, blank=True)
    asks = models.JSONField(default=list)
    is_cloaked = models.BooleanField(default=False)
    brand = models.CharField(max_length=255, blank=True)
    icon = models.BigIntegerField(null=True)
    score = models.FloatField(null=True)
    manifest = models.CharField(max_length=64, blank=True)
    stamped_at = models.DateTimeField(null=True)
    process = models.CharField(max_length=26, blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="capture_of_owner"),
            models.Index(fields=["owner", "host", "-id"], name="capture_of_host"),
            models.Index(fields=["owner", "about"], name="capture_about"),
        ]

    def __str__(self) -> str:
        return f"look {self.ref}"


class CapturedAsset(Scoped):
    """A part of a page that other pages may have too: a script, icon, form target, tracker, certificate or address."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    capture = models.ForeignKey(Capture, models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=255)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "kind", "value"], name="captured_asset_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
