"""Offer pages and commands in the command palette: those whose view lets the viewer's role and kind in."""

from collections.abc import Iterable, Iterator
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import override

from fanzha.base.words import Words
from fanzha.command.dashboards.navigation import GROUPS
from fanzha.command.web.i18n import localize
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource, find_page, other_titles
from fanzha.command.web.viewer import Viewer

#: Pages that are not in the navigation: URL name, title, icon.
PAGES = (
    ("process_definitions", Words("流程定义", "Definitions of processes"), "question"),
    ("lists", Words("名单", "Lists"), "list"),
    ("tour", Words("新手导览", "Tour"), "arrow"),
    ("words", Words("页面用语", "Glossary"), "list"),
    ("order_false_disposals", Words("误处置", "Wrongful actions"), "undo"),
    ("api_reference", Words("接口", "API"), "link"),
    ("documents", Words("文书", "Documents"), "letter"),
    ("order_endpoints", Words("指令接收接口", "Endpoints that receive orders"), "link"),
)
#: What can be begun: URL name, title, icon.
COMMANDS = (
    ("order_new", Words("新建指令", "Draft an order"), "send"),
    ("paste_numbers", Words("批量查询号码", "Look up pasted numbers"), "copy"),
    ("export_new", Words("新建导出", "Start an export"), "download"),
    ("review_sample_new", Words("抽取复核样本", "Draw a sample to review"), "check"),
    ("evidence_pack", Words("制作证据包", "Make an evidence pack"), "shield"),
    ("person_invite", Words("邀请人员", "Invite a person"), "users"),
    ("organization_new", Words("登记单位", "Register an organisation"), "organization"),
    ("api_key_new", Words("新建接口密钥", "Create an API key"), "key"),
    ("account_change_password", Words("修改密码", "Change the password"), "lock"),
    ("mfa_index", Words("双重验证", "Second factor"), "shield"),
    ("usersessions_list", Words("登录设备", "Devices signed in"), "history"),
    ("account_logout", Words("退出登录", "Sign out"), "arrow"),
)


@cache
def _both_languages(title: str | Promise) -> Words:
    """Return a title of the navigation in both languages."""
    with override("zh-hans"):
        zh = str(title)
    with override("en"):
        return Words(zh, str(title))


def find_pages(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the pages that the viewer may open, in the order of the navigation."""
    items = [item for group in GROUPS for item in group.items if item.is_for(viewer)]
    pages = [*((item.name, _both_languages(item.title), item.icon) for item in items), *PAGES]
    yield from _entries(pages, viewer)


def find_commands(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the commands that the viewer may give."""
    yield from _entries(COMMANDS, viewer)


def _entries(pages: Iterable[tuple[str, Words, str]], viewer: Viewer) -> Iterator[PaletteEntry]:
    for url_name, title, icon in pages:
        if url := find_page(url_name, viewer):
            yield PaletteEntry(localize(title), url, icon, keywords=tuple(other_titles(title)))


SOURCES = (
    PaletteSource(Words("页面", "Pages"), 65, find_pages, is_latest=True),
    PaletteSource(Words("操作", "Commands"), 80, find_commands),
)
