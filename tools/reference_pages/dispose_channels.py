"""Every channel by which an order is carried out, and every action that may be ordered."""

from fanzha.base.words import Words
from fanzha.dispose import ACTION_SPECS, DisposalChannel, all_channels
from fanzha.kinds import all_kinds
from fanzha.processes.roles import role_table
from reference_pages.markdown import page, table, why

_GOES = {
    "snapshot": "snapshot 快照",
    "zone": "resolver zone 解析阻断区",
    "http": "HTTP request 请求",
    "mail": "mail 邮件",
    "file": "file 文件",
}


def dispose_channels() -> str:
    """Every disposal channel and every action."""
    return page(
        Words("处置渠道与措施", "Disposal channels and actions"),
        Words(
            "指令经渠道送达执行单位；措施决定对象类型、可执行的单位与依据。",
            "An order reaches whoever carries it out by a channel; "
            "its action says of what kinds of subject, by whom, on which basis.",
        ),
        ["## Channels 渠道", _channels(), "## Actions 措施", _actions()],
    )


def _channels() -> str:
    head = ["channel", "中文", "English", "goes by 方式", "actions 措施", "standard", "proof 凭证", "why"]
    return table(head, [_channel(one) for one in all_channels().values()])


def _channel(one: DisposalChannel) -> list[str]:
    every = one.actions == set(ACTION_SPECS)
    return [
        f"`{one.name}`",
        f"{one.title.zh}：{one.tells.zh}",
        f"{one.title.en}: {one.tells.en}",
        _GOES[one.goes],
        "all 全部" if every else ", ".join(f"`{each}`" for each in ACTION_SPECS if each in one.actions),
        one.standard,
        f"{one.proof.en} {one.proof.zh}",
        why("dispose", one),
    ]


def _actions() -> str:
    kinds, organisations = all_kinds(), role_table().kinds
    rows = [
        [
            f"`{action}`",
            f"{act.title.en} {act.title.zh}",
            ", ".join(f"{kinds[kind].title.en} {kinds[kind].title.zh}" for kind in act.kinds),
            ", ".join(f"{organisations[one].title.en} {organisations[one].title.zh}" for one in act.by),
            ", ".join(act.law),
            f"{act.keeps.en} {act.keeps.zh}",
        ]
        for action, act in ACTION_SPECS.items()
    ]
    return table(["action", "name 名称", "of 对象", "by 执行单位", "basis 依据", "stays open 保留"], rows)
