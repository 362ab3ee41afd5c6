"""Models of organisations and people."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.roles import KIND_TITLES, ROLE_TITLES, SUPERVISORS, Kind, Role
from fanzha.command.web.scoping import Scoped


class Organization(models.Model):
    """An organisation that takes part, with kind, province and supervision.

    All participants may read the list of organisations; other data is scoped. `province` is the first two digits of
    GB/T 2260, "" for the whole country. `host` is the carrier whose network an MVNO uses. `country` is the ISO 3166
    code of another country or region, "" at home: such an organisation has no people here and receives what the foreign
    gate lets out, nothing else.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=[(kind.value, KIND_TITLES[kind]) for kind in Kind])
    province = models.CharField(_("province"), max_length=2, blank=True)
    host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hosted")
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    country = models.CharField(
        _("other country or region"), max_length=2, blank=True, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    second_factor = models.BooleanField(_("people must use a second factor"), default=True)
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
        """Return the organisations that it supervises: all, or those of its province; only supervisors have any."""
        others = Organization.objects.exclude(pk=self.pk)
        if self.kind not in SUPERVISORS:
            return others.none()
        return others.filter(province=self.province) if self.province else others


class People(BaseUserManager["Person"]):
    """Manager of people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person. Without a password the person signs in through the organisation's identity provider."""
        person = self.model(email=self.normalize_email(email).casefold(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by mail address, ignoring case."""
        return self.get(email=(username or "").casefold())


class Person(AbstractBaseUser):
    """A person who signs in by mail address; the rights come from memberships.

    There is no superuser: operators use the command line.
    """

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=8, blank=True)
    theme = models.CharField(_("theme"), max_length=8, default="auto")
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = People()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the pass phrase and to `session_round`, so that incrementing it ends all sessions."""
        salt = "fanzha.command.organizations.models"
        bound = f"{self.session_round}:{self.password}"
        return salted_hmac(salt, bound, secret=secret, algorithm="sha256").hexdigest()


VALID = timedelta(days=7)


class Invitation(models.Model):
    """An invitation, the only way to join an organisation. The secret is stored as a hash and works once."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    unit = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email}, {self.organization}"

    @classmethod
    def make(
        cls, organization: Organization, email: str, name: str, roles: list[str], by: Person | None, unit: str = ""
    ) -> tuple["Invitation", str]:
        """Create an invitation, and return it with its secret, which is not stored."""
        token = secrets.token_urlsafe(32)
        invitation = cls.objects.create(
            organization=organization,
            email=email.casefold(),
            name=name,
            roles=sorted(roles),
            unit=unit,
            token_hash=hash_token(token),
            invited_by=by,
            expires_at=timezone.now() + VALID,
        )
        return invitation, token

    @classmethod
    def find_open(cls, token: str) -> "Invitation | None":
        """Return the invitation of a secret, if it is open."""
        return cls.select_open().filter(token_hash=hash_token(token)).first()

    @classmethod
    def select_open(cls) -> "models.QuerySet[Invitation]":
        """Return the open invitations of active organisations."""
        invitations = cls.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
        return invitations.filter(organization__is_active=True).select_related("organization")


def hash_token(token: str) -> str:
    """Return the hash to store for a secret of full entropy."""
    return hashlib.sha256(token.encode()).hexdigest()


PREFIX = "fz_"


def key_ref(organization: str, number: int | None) -> str:
    """Return the reference of a key as an actor, from the organisation's ref and the key's number."""
    return f"key:{organization}:{number}"


class ApiKey(models.Model):
    """An API key of another system, stored as a hash, limited to scopes, and with an expiry.

    `roles` limit the process events that it may fire, `scopes` the API that it may use, `per_minute` its rate. A
    key that another organisation made for a partner abroad reads what is `shared_by` that one alone; `basis` is the
    reference of the approval behind it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    shown = models.CharField(max_length=12)  # the first characters, to distinguish keys
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=600)
    shared_by = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=26, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"

    @property
    def ref(self) -> str:
        """Return the reference of the key as an actor."""
        return key_ref(self.organization.ref, self.pk)

    @classmethod
    def make(cls, organization: Organization, name: str, **fields: object) -> tuple["ApiKey", str]:
        """Create a key, and return it with its secret, which is not stored."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = cls.objects.create(
            organization=organization, name=name, shown=secret[:8], key_hash=hash_token(secret), **fields
        )
        return key, secret

    @classmethod
    def find_valid(cls, secret: str) -> "ApiKey | None":
        """Return the key of a secret, if it is valid."""
        return cls.valid_at(timezone.now()).filter(key_hash=hash_token(secret)).first()

    @classmethod
    def valid_at(cls, moment: datetime) -> "models.QuerySet[ApiKey]":
        """Return the keys that are neither revoked nor expired at a moment, with their organisations."""
        valid_keys = cls.objects.filter(Q(expires_at=None) | Q(expires_at__gt=moment), revoked_at=None)
        return valid_keys.filter(organization__is_active=True).select_related("organization")


class Duty(models.Model):
    """A watch in the duty roster of an organisation: an officer and a deputy for a period (`until` is exclusive).

    Escalations go to the officer on duty and the deputy.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="duties")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="duty_ends_after_it_begins"),
            models.CheckConstraint(condition=~models.Q(officer=models.F("deputy")), name="deputy_is_another_person"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.officer} ({self.since:%Y-%m-%d})"

    @classmethod
    def at(cls, organization: int, moment: datetime) -> "Duty | None":
        """Return the watch of an organisation at a moment. If watches overlap, return the one that began last."""
        watches = cls.objects.filter(organization=organization, since__lte=moment, until__gt=moment)
        return watches.order_by("-since").first()


class Memberships(models.Manager["Membership"]):
    """Manager of memberships."""

    def in_force(self, at: datetime | None = None) -> "models.QuerySet[Membership]":
        """Return the memberships in force at a moment (default: now)."""
        at = at or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at, person__is_active=True)

    def of_other_organizations(self, organization: Organization) -> "models.QuerySet[Membership]":
        """Return the memberships in force in other organisations."""
        return self.in_force().exclude(organization=organization)

    def administered_people(self, organization: Organization) -> "models.QuerySet[Person]":
        """Return the people that an organisation administers: its members, and former members without an organisation.

        A former member who joined another organisation is administered there.
        """
        members = self.in_force().filter(organization=organization).values("person")
        members_elsewhere = self.of_other_organizations(organization).values("person")
        former_members = self.filter(organization=organization).exclude(person__in=members_elsewhere).values("person")
        return Person.objects.filter(Q(pk__in=members) | Q(pk__in=former_members))


class Membership(models.Model):
    """A role of a person in an organisation, with its period. It is ended, never deleted.

    `unit` is the department. Another department than the one that decided hears an appeal.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_TITLES[role]) for role in Role])
    unit = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = Memberships()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "role"], condition=Q(until=None), name="one_membership_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}, {self.organization}"


class DisclosedValue(models.Model):
    """A value that a person or key looked up or unmasked on one UTC day, as a keyed hash; kept for that day.

    `mask` is the keyed hash of the masked form, "" if it does not show the end of the value. `holder` is a person in an
    organisation or a key, `day` counts from 1970-01-01.
    """

    owner = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    holder = models.CharField(max_length=60)
    day = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    mask = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "day", "digest"], name="disclosed_once_a_day")
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "day", "mask"], name="disclosed_of_mask", condition=~Q(mask="")),
            models.Index(fields=["day"], name="disclosed_age"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.digest}"


class DisclosureCount(models.Model):
    """The number of values that a person, a key or an organisation learned within one hour or day.

    `ends_at` is the end of the period in UTC ms, `span` its length (`hour`, `day`), `pool` the budget.
    """

    holder = models.CharField(max_length=60)
    pool = models.CharField(max_length=10)
    span = models.CharField(max_length=4)
    ends_at = models.BigIntegerField()
    used = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "pool", "span", "ends_at"], name="one_disclosure_count")
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="disclosure_count_age")]

    def __str__(self) -> str:
        return f"{self.holder} {self.pool} {self.span}: {self.used}"


class RefusedDisclosure(Scoped):
    """Requests for values that the budgets of one person or key refused on one UTC day, for the privacy officer.

    `shown` is the masked value whose hidden characters were tried, "" if another budget was exhausted.
    """

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    day = models.PositiveIntegerField()
    shown = models.CharField(max_length=120, blank=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "actor", "day", "shown"], name="one_refusal_a_day")
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "last_at"], name="refused_disclosure_age")]

    def __str__(self) -> str:
        return f"{self.actor} {self.shown} {self.times}"
