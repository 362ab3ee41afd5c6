"""What entries of the log are called on pages, by kind; a step of a process is called what its process calls it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.command.flows.process_settings import known_processes

STEP = "step"
KIND_WORDS: dict[str, Words] = {
    STEP: Words("流程步骤", "step of a process"),
    "notice_delivered": Words("送达告知", "notice delivered"),
    "personal_data_erased": Words("删除个人信息", "personal data erased"),
    "biometrics_erased": Words("删除生物特征信息", "biometric data erased"),
    "evidence_pack": Words("出具证据包", "evidence pack made"),
    "unmasking": Words("查看完整信息", "unmasked"),
    "export_asked": Words("申请导出", "export asked for"),
    "export_approved": Words("批准导出", "export approved"),
    "export_refused": Words("驳回导出", "export refused"),
    "export_made": Words("生成导出文件", "export made"),
    "export_downloaded": Words("下载导出文件", "export downloaded"),
    "export_removed": Words("删除导出文件", "export removed"),
    "import": Words("导入", "import"),
    "urged": Words("催办", "urged"),
    "sent_again": Words("重新派发", "sent again"),
}
_OTHER = Words("其他事项", "another act")


def kind_words(kind: str) -> Words:
    """Return what a kind is called."""
    return KIND_WORDS.get(kind, _OTHER)


def entry_words(kind: str, facts: str) -> Words:
    """Return what an entry is called, with the process and its step by name."""
    if kind != STEP:
        return kind_words(kind)
    told = facts_of(facts)
    process = known_processes().get(str(told.get("process", "")))
    machine = process.machine_of(str(told.get("event", ""))) if process else None
    if process is None or machine is None:
        return kind_words(kind)
    event = machine.events[str(told["event"])].title
    return Words(f"{process.title.zh} · {event.zh}", f"{process.title.en} · {event.en}")


def facts_of(text: str) -> Mapping[str, Any]:
    """Return the facts of an entry; none where they were changed into something else."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
