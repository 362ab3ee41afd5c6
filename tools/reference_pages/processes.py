"""Every shipped process, the organisations and roles that may act in them, and the legal bases that they may name."""

from fanzha.base.words import Words
from fanzha.processes import all_processes
from fanzha.processes.legal_basis import instruments
from fanzha.processes.process import Process
from fanzha.processes.roles import role_table
from reference_pages.markdown import page, table


def processes() -> str:
    """Every process, role and legal basis."""
    return page(
        Words("流程、角色与依据", "Processes, roles and legal bases"),
        Words(
            "随附的流程；可办理流程的单位类型与角色；流程可引用的依据代码。",
            "The shipped processes; the kinds of organisation and roles that act in them; the codes of legal bases.",
        ),
        [
            "## Processes 流程",
            table(["process", "中文", "English", "duty 任务", "owners 主办单位", "steps 步骤"], _processes()),
            "A duty is one of the nine tasks of the ministry's notice of 2018, such as `T3`; where the task has parts, "
            "it is a part of it, such as `T1b`. 任务代码为 2018 年通知的九项任务，`T1b` 为任务一的第二部分。",
            "## Kinds of organisation and their roles 单位类型与角色",
            table(["kind", "名称", "name", "roles 角色"], _kinds()),
            "## Legal bases 依据",
            table(["code", "名称", "name", "parts 条款"], _bases()),
        ],
    )


def _processes() -> list[list[str]]:
    return [_process(process) for process in all_processes().values()]


def _process(process: Process) -> list[str]:
    owners = ", ".join(f"`{kind}`" for kind in process.owners)
    steps = len(process.events) + (len(process.legs.events) if process.legs else 0)
    zh, en = f"{process.title.zh}：{process.about.zh}", f"{process.title.en}: {process.about.en}"
    return [f"`{process.name}`", zh, en, process.duty, owners, str(steps)]


def _kinds() -> list[list[str]]:
    return [
        [f"`{name}`", kind.title.zh, kind.title.en, ", ".join(f"`{role}`" for role in kind.roles)]
        for name, kind in role_table().kinds.items()
    ]


def _bases() -> list[list[str]]:
    rows = []
    for code, basis in instruments().items():
        parts = f"`{code}1` – `{code}{basis.last}`" if basis.part else "–"
        rows.append([f"`{code}`", basis.title.zh, basis.title.en, parts])
    return rows
