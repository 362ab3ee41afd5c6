"""A made-up province for the demo and for benchmarks: organisations, people and their roles."""

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
_CASE_ROLES = (Role.ANALYST, Role.REVIEWER, Role.EXECUTOR)
_OVERSIGHT_ROLES = (Role.ANALYST, Role.REVIEWER, Role.INSPECTOR)


class DemoOrganization(NamedTuple):
    """An organisation to create; `name` is also the first label of its mail domain."""

    name: str
    kind: Kind
    words: Words
    roles: Sequence[Role] = _CASE_ROLES
    province: str = PROVINCE
    host: str = ""


DEMO_ORGANIZATIONS = (
    DemoOrganization(
        "ministry",
        Kind.REGULATOR,
        Words("示例国家主管部门", "Example National Regulator"),
        _OVERSIGHT_ROLES,
        province="",
    ),
    DemoOrganization(
        "administration",
        Kind.REGULATOR,
        Words("示例省通信管理局", "Example Provincial Administration"),
        _OVERSIGHT_ROLES,
    ),
    DemoOrganization(
        "centre", Kind.CENTRE, Words("示例省反诈中心", "Example Provincial Centre"), (*_CASE_ROLES, Role.INSPECTOR)
    ),
    DemoOrganization(
        "police", Kind.POLICE, Words("示例省公安", "Example Provincial Police"), (*_CASE_ROLES, Role.LIAISON)
    ),
    DemoOrganization(
        "mobile",
        Kind.CARRIER,
        Words("示例移动", "Example Mobile"),
        (*_CASE_ROLES, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
    ),
    DemoOrganization("telecom", Kind.CARRIER, Words("示例电信", "Example Telecom")),
    DemoOrganization("virtual", Kind.MVNO, Words("示例移动转售", "Example Virtual Mobile"), host="mobile"),
    DemoOrganization("broadband", Kind.ISP, Words("示例宽带", "Example Broadband")),
    DemoOrganization("platform", Kind.PLATFORM, Words("示例平台", "Example Platform")),
    DemoOrganization("messaging", Kind.AGGREGATOR, Words("示例短信", "Example Messaging")),
    DemoOrganization("bank", Kind.BANK, Words("示例银行", "Example Bank")),
)

#: People are named by their role.
ROLE_WORDS = {
    Role.ANALYST: Words("研判员", "Analyst"),
    Role.REVIEWER: Words("审核员", "Reviewer"),
    Role.EXECUTOR: Words("执行员", "Executor"),
    Role.INSPECTOR: Words("检查员", "Inspector"),
    Role.LIAISON: Words("联络员", "Liaison"),
    Role.PRIVACY_OFFICER: Words("个人信息保护负责人", "Privacy"),
    Role.ADMINISTRATOR: Words("管理员", "Administrator"),
}


class DemoProvince:
    """The created organisations, and the people by organisation and role."""

    def __init__(self, organizations: dict[str, Organization], people: dict[tuple[str, Role], Person]) -> None:
        self.organizations, self.people = organizations, people

    def __getitem__(self, name: str) -> Organization:
        return self.organizations[name]

    def email_address(self, name: str, role: Role) -> str:
        """Return the mail address with which a person signs in."""
        return self.people[name, role].email


def create_demo_province(password: str) -> DemoProvince:
    """Create the province; all people have the same password. Raise IntegrityError if it exists."""
    password_hash = make_password(password)  # hashed once for all people: hashing is slow
    demo_province = DemoProvince({}, {})
    with transaction.atomic():
        for member in DEMO_ORGANIZATIONS:
            demo_province.organizations[member.name] = _create_organization(
                member, demo_province.organizations.get(member.host)
            )
            for role in member.roles:
                demo_province.people[member.name, role] = _create_person(
                    member, role, password_hash, demo_province[member.name]
                )
            _schedule_duty(demo_province, member)
    return demo_province


def _create_organization(member: DemoOrganization, host: Organization | None) -> Organization:
    return Organization.objects.create(
        name_zh=member.words.zh,
        name_en=member.words.en,
        kind=member.kind.value,
        province=member.province,
        host=host,
        second_factor=False,  # not needed for a demonstration
        simulated=True,
    )


def _create_person(member: DemoOrganization, role: Role, password_hash: str, organization: Organization) -> Person:
    words = ROLE_WORDS[role]
    person = Person.objects.create(
        email=f"{role.value.replace('_', '-')}@{member.name}.example",
        name=f"{words.zh} {words.en}",
        password=password_hash,
    )
    roles = (role, Role.DUTY_OFFICER) if role is Role.REVIEWER else (role,)
    Membership.objects.bulk_create(
        Membership(person=person, organization=organization, role=membership_role.value) for membership_role in roles
    )
    return person


def _schedule_duty(province: DemoProvince, member: DemoOrganization) -> None:
    """Put the reviewer on duty, with the analyst as deputy, so that escalations reach somebody."""
    now = timezone.now()
    Duty.objects.create(
        organization=province[member.name],
        officer=province.people[member.name, Role.REVIEWER],
        deputy=province.people[member.name, Role.ANALYST],
        since=now - timedelta(days=1),
        until=now + timedelta(days=30),
    )
