"""The organisations of a made-up province and their people: who takes part in the demo and in benchmarks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.models import Duty, Membership, Organization, Person
from fanzha.command.web.roles import Kind, Role

PROVINCE = "51"
_DESK = (Role.ANALYST, Role.REVIEWER, Role.EXECUTOR)
_ABOVE = (Role.ANALYST, Role.REVIEWER, Role.INSPECTOR)


class Member(NamedTuple):
    """One organisation; `name` is also that of its mail domain."""

    name: str
    kind: Kind
    words: Words
    roles: Sequence[Role] = _DESK
    province: str = PROVINCE
    host: str = ""


MEMBERS = (
    Member("ministry", Kind.REGULATOR, Words("示例国家主管部门", "Example National Regulator"), _ABOVE, province=""),
    Member("administration", Kind.REGULATOR, Words("示例省通信管理局", "Example Provincial Administration"), _ABOVE),
    Member("centre", Kind.CENTRE, Words("示例省反诈中心", "Example Provincial Centre"), (*_DESK, Role.INSPECTOR)),
    Member("police", Kind.POLICE, Words("示例省公安", "Example Provincial Police"), (*_DESK, Role.LIAISON)),
    Member(
        "mobile",
        Kind.CARRIER,
        Words("示例移动", "Example Mobile"),
        (*_DESK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
    ),
    Member("telecom", Kind.CARRIER, Words("示例电信", "Example Telecom")),
    Member("virtual", Kind.MVNO, Words("示例虚拟运营商", "Example Virtual Mobile"), host="mobile"),
    Member("broadband", Kind.ISP, Words("示例宽带", "Example Broadband")),
    Member("platform", Kind.PLATFORM, Words("示例平台", "Example Platform")),
    Member("messaging", Kind.AGGREGATOR, Words("示例短信", "Example Messaging")),
    Member("bank", Kind.BANK, Words("示例银行", "Example Bank")),
)

#: What people are called by their role.
ROLE_WORDS = {
    Role.ANALYST: Words("分析员", "Analyst"),
    Role.REVIEWER: Words("审核员", "Reviewer"),
    Role.EXECUTOR: Words("执行员", "Executor"),
    Role.INSPECTOR: Words("检查员", "Inspector"),
    Role.LIAISON: Words("联络员", "Liaison"),
    Role.PRIVACY_OFFICER: Words("个保负责人", "Privacy"),
    Role.ADMINISTRATOR: Words("管理员", "Administrator"),
}


class Province:
    """Organisations and people by name; what is not there is made, and all have one password."""

    def __init__(self, organizations: dict[str, Organization], people: dict[tuple[str, Role], Person]) -> None:
        self.organizations, self.people = organizations, people

    def __getitem__(self, name: str) -> Organization:
        return self.organizations[name]

    def address(self, name: str, role: Role) -> str:
        """Return the mail address by which somebody signs in."""
        return self.people[name, role].email


def make_province(password: str) -> Province:
    """Make the province in an empty database; raises IntegrityError when it is there already."""
    hashed = make_password(password)  # the same for all: a demo hides nothing from its own people
    made = Province({}, {})
    with transaction.atomic():
        for member in MEMBERS:
            made.organizations[member.name] = _organization(member, made.organizations.get(member.host))
            for role in member.roles:
                made.people[member.name, role] = _person(member, role, hashed, made[member.name])
            _keep_watch(made, member)
    return made


def _organization(member: Member, host: Organization | None) -> Organization:
    return Organization.objects.create(
        name_zh=member.words.zh,
        name_en=member.words.en,
        kind=member.kind.value,
        province=member.province,
        host=host,
        second_factor=False,  # a demo is looked at, not defended
        simulated=True,
    )


def _person(member: Member, role: Role, hashed: str, organization: Organization) -> Person:
    words = ROLE_WORDS[role]
    made = Person.objects.create(
        email=f"{role.value.replace('_', '-')}@{member.name}.example", name=f"{words.zh} {words.en}", password=hashed
    )
    roles = (role, Role.DUTY_OFFICER) if role is Role.REVIEWER else (role,)
    Membership.objects.bulk_create(Membership(person=made, organization=organization, role=one.value) for one in roles)
    return made


def _keep_watch(made: Province, member: Member) -> None:
    """Let the reviewer be on duty, with the analyst as deputy: escalations reach somebody."""
    now = timezone.now()
    Duty.objects.create(
        organization=made[member.name],
        officer=made.people[member.name, Role.REVIEWER],
        deputy=made.people[member.name, Role.ANALYST],
        since=now - timedelta(days=1),
        until=now + timedelta(days=30),
    )
