"""A made-up province for the demo and for benchmarks: organisations, people and their roles."""

from collections.abc import Sequence
from datetime import datetime, timedelta
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
        "centre",
        Kind.CENTRE,
        Words("示例省反诈中心", "Example Provincial Centre"),
        (*_CASE_ROLES, Role.INSPECTOR, Role.EDITOR),
    ),
    DemoOrganization(
        "police", Kind.POLICE, Words("示例省公安", "Example Provincial Police"), (*_CASE_ROLES, Role.LIAISON)
    ),
    DemoOrganization(
        "mobile",
        Kind.CARRIER,
        Words("示例移动", "Example Mobile"),
        (*_CASE_ROLES, Role.CLERK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
    ),
    DemoOrganization("telecom", Kind.CARRIER, Words("示例电信", "Example Telecom"), (*_CASE_ROLES, Role.CLERK)),
    DemoOrganization("virtual", Kind.MVNO, Words("示例移动转售", "Example Virtual Mobile"), host="mobile"),
    DemoOrganization(
        "broadband", Kind.ISP, Words("示例宽带", "Example Broadband"), (*_CASE_ROLES, Role.PRIVACY_OFFICER)
    ),
    DemoOrganization("platform", Kind.PLATFORM, Words("示例平台", "Example Platform")),
    DemoOrganization("messaging", Kind.AGGREGATOR, Words("示例短信", "Example Messaging")),
    DemoOrganization("bank", Kind.BANK, Words("示例银行", "Example Bank")),
)

ROLE_WORDS = {
    Role.ANALYST: Words("研判员", "Analyst"),
    Role.REVIEWER: Words("审核员", "Reviewer"),
    Role.EXECUTOR: Words("执行员", "Executor"),
    Role.INSPECTOR: Words("检查员", "Inspector"),
    Role.LIAISON: Words("联络员", "Liaison"),
    Role.CLERK: Words("业务受理员", "Clerk"),
    Role.PRIVACY_OFFICER: Words("个人信息保护负责人", "Privacy"),
    Role.ADMINISTRATOR: Words("管理员", "Administrator"),
    Role.EDITOR: Words("编辑", "Editor"),
}


#: Roles that two people have: a second inspector confirms, and another unit than the one that decided hears an appeal.
COLLEAGUES = (
    ("mobile", Role.ANALYST),
    ("mobile", Role.REVIEWER),
    ("police", Role.REVIEWER),
    ("administration", Role.INSPECTOR),
    ("broadband", Role.PRIVACY_OFFICER),
)
UNIT = Words("风险防控部", "Risk control").joined()
_COLLEAGUE_UNIT = Words("客户权益部", "Customer rights").joined()
#: Made-up people, in the order in which they are created.
_NAMES = """
林晓燕 Lin Xiaoyan
陈志远 Chen Zhiyuan
王海峰 Wang Haifeng
周敏 Zhou Min
黄立群 Huang Liqun
吴建华 Wu Jianhua
郑雅琴 Zheng Yaqin
孙浩 Sun Hao
马会民 Ma Huimin
朱丽娜 Zhu Lina
胡志强 Hu Zhiqiang
郭文静 Guo Wenjing
何俊 He Jun
高玉兰 Gao Yulan
罗振 Luo Zhen
梁思雨 Liang Siyu
宋国栋 Song Guodong
唐婷 Tang Ting
许文博 Xu Wenbo
韩雪梅 Han Xuemei
冯凯 Feng Kai
邓佳慧 Deng Jiahui
曹阳 Cao Yang
彭丹 Peng Dan
曾宪平 Zeng Xianping
肖岚 Xiao Lan
田野 Tian Ye
董洁 Dong Jie
袁小龙 Yuan Xiaolong
潘虹 Pan Hong
蒋正 Jiang Zheng
蔡依宁 Cai Yining
余光 Yu Guang
杜娟 Du Juan
叶青 Ye Qing
程立 Cheng Li
苏曼 Su Man
魏东 Wei Dong
吕芳 Lü Fang
丁一鸣 Ding Yiming
任静 Ren Jing
沈涛 Shen Tao
姚远 Yao Yuan
卢珊 Lu Shan
姜卫民 Jiang Weimin
崔琳 Cui Lin
钟毅 Zhong Yi
谭梅 Tan Mei
""".strip().splitlines()


class DemoProvince:
    """The created organisations, and the people by organisation and role; `colleagues` are second ones in a role."""

    def __init__(self, organizations: dict[str, Organization], people: dict[tuple[str, Role], Person]) -> None:
        self.organizations, self.people = organizations, people
        self.colleagues: dict[tuple[str, Role], Person] = {}

    def __getitem__(self, name: str) -> Organization:
        return self.organizations[name]

    def email_address(self, name: str, role: Role) -> str:
        """Return the mail address with which a person signs in."""
        return self.people[name, role].email


def create_demo_province(password: str, since: datetime | None = None) -> DemoProvince:
    """Create the province; all people have the same password. Raise IntegrityError if it exists.

    People have their roles and duties from `since` on; if it is None, from now and yesterday on.
    """
    password_hash = make_password(password)  # hashed once for all people: hashing is slow
    demo_province = DemoProvince({}, {})
    with transaction.atomic():
        for member in DEMO_ORGANIZATIONS:
            demo_province.organizations[member.name] = _create_organization(
                member, demo_province.organizations.get(member.host)
            )
            for role in member.roles:
                demo_province.people[member.name, role] = _create_person(
                    member, role, password_hash, demo_province[member.name], since
                )
            _schedule_duty(demo_province, member, since)
        members = {member.name: member for member in DEMO_ORGANIZATIONS}
        for name, role in COLLEAGUES:
            demo_province.colleagues[name, role] = _create_person(
                members[name], role, password_hash, demo_province[name], since, is_colleague=True
            )
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


def _create_person(
    member: DemoOrganization,
    role: Role,
    password_hash: str,
    organization: Organization,
    since: datetime | None,
    *,
    is_colleague: bool = False,
) -> Person:
    person = Person.objects.create(
        email=f"{role.value.replace('_', '-')}{'-2' if is_colleague else ''}@{member.name}.example",
        name=_NAMES[Person.objects.count() % len(_NAMES)],
        password=password_hash,
    )
    unit = _COLLEAGUE_UNIT if is_colleague else UNIT
    roles = (role, Role.DUTY_OFFICER) if role is Role.REVIEWER and not is_colleague else (role,)
    Membership.objects.bulk_create(
        Membership(
            person=person,
            organization=organization,
            role=membership_role.value,
            unit=unit,
            since=since or timezone.now(),
        )
        for membership_role in roles
    )
    return person


def _schedule_duty(province: DemoProvince, member: DemoOrganization, since: datetime | None) -> None:
    """Put the reviewer on duty, with the analyst as deputy, so that escalations reach somebody."""
    now = timezone.now()
    Duty.objects.create(
        organization=province[member.name],
        officer=province.people[member.name, Role.REVIEWER],
        deputy=province.people[member.name, Role.ANALYST],
        since=since or now - timedelta(days=1),
        until=now + timedelta(days=30),
    )
