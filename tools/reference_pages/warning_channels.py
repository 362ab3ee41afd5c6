"""Every channel by which people are warned."""

from fanzha.base.words import Words
from fanzha.warn import all_channels
from reference_pages.markdown import page, table, why


def warning_channels() -> str:
    """Every channel by which people are warned."""
    head = ["channel", "中文", "English", "how it goes 方式", "standard", "why"]
    rows = [
        (
            f"`{channel.name}`",
            f"{channel.title.zh}：{channel.tells.zh}",
            f"{channel.title.en}: {channel.tells.en}",
            "SMS gateway 短信网关" if channel.sends else "answer to the call 呼叫答复",
            channel.standard,
            why("warn", channel),
        )
        for channel in all_channels().values()
    ]
    return page(
        Words("提醒渠道", "Warning channels"),
        Words("在中继的 `warn` 中写渠道名称。", "What the setting `warn` of a trunk may name."),
        [table(head, rows)],
    )
