"""Models of hosted sites: the inventory of an access provider, address ranges of providers, registrars of names."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class SiteCheck(models.TextChoices):
    """Result of the checks of a site."""

    NEVER = "never", _("not looked at yet")
    CLEAN = "clean", _("nothing found")
    FAULTY = "faulty", _("to be rectified")
    GONE = "gone", _("does not answer")


class HostedSite(Scoped):
    """One site that a provider hosts or connects, as its own systems say.

    `faults` are codes of `filing_numbers.FilingFault`. `looked_at` is the last look at its page, `shown_filing` the
    filing number that the page showed.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    host = models.CharField(max_length=253)
    customer = models.CharField(max_length=200)
    filing = models.CharField(max_length=60, blank=True)
    filing_name = models.CharField(max_length=200, blank=True)
    filing_until = models.DateField(null=True)
    security_filing = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=45, blank=True)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=SiteCheck.choices, default=SiteCheck.NEVER)
    faults = models.JSONField(default=list)
    looked_at = models.DateTimeField(null=True)
    shown_filing = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["host"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "host"], name="one_hosted_site_a_host")]
        indexes: ClassVar = [
            models.Index(fields=["host"], name="hosted_site_host"),
            models.Index(fields=["owner", "state", "host"], name="hosted_site_state"),
        ]

    def __str__(self) -> str:
        return self.host

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for the viewer's own sites, and those of organisations that it supervises."""
        condition = Q(owner=viewer.organization)
        return condition | Q(owner__in=viewer.supervised) if viewer.supervised else condition


class AddressRange(Scoped):
    """A range of addresses that a provider holds for some time, as a registry or the provider itself says.

    `first` and `last` are 32 hex digits of the IPv6 form (IPv4 as ::ffff:a.b.c.d), so that they compare as text.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    provider = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    network = models.CharField(max_length=50)
    first = models.CharField(max_length=32)
    last = models.CharField(max_length=32)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["first", "-last"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "network", "valid_from"], name="one_range_a_network_and_time")
        ]
        indexes: ClassVar = [models.Index(fields=["first", "last"], name="address_range_bounds")]

    def __str__(self) -> str:
        return self.network

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for ranges that the viewer's organisation loaded or holds."""
        return Q(owner=viewer.organization) | Q(provider=viewer.organization)


class NameRegistrar(Scoped):
    """The registrar of a registered name for some time, as a regulator, a centre or the registrar itself says."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    registrar = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    domain = models.CharField(max_length=253)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["domain"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "domain", "valid_from"], name="one_registrar_a_name_and_time")
        ]
        indexes: ClassVar = [models.Index(fields=["domain"], name="name_registrar_domain")]

    def __str__(self) -> str:
        return self.domain

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for names that the viewer's organisation loaded or registered."""
        return Q(owner=viewer.organization) | Q(registrar=viewer.organization)
