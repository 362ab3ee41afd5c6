"""Organisations that take part, with kind, province and supervision."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.roles import KIND_TITLES, SUPERVISORS, Kind


class Organization(models.Model):
    """One organisation. All participants may read the list of organisations; other data is scoped.

    `province` is the first two digits of GB/T 2260, "" for the whole country. `host` is the carrier whose network
    an MVNO uses.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=[(kind.value, KIND_TITLES[kind]) for kind in Kind])
    province = models.CharField(_("province"), max_length=2, blank=True)
    host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hosted")
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    second_factor = models.BooleanField(_("people need a second factor"), default=True)
    simulated = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "name_en"]
        indexes = [models.Index(fields=["kind", "province"], name="organization_kind_province")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def supervises(self) -> "models.QuerySet[Organization]":
        """Return the organisations it supervises: all, or those of its province; none if it is not a supervisor."""
        others = Organization.objects.exclude(pk=self.pk)
        if self.kind not in SUPERVISORS:
            return others.none()
        return others.filter(province=self.province) if self.province else others
