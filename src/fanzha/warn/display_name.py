"""Display name of a call while the phone rings; the answer to the call carries it, the TAS sets it."""

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Request, WarningChannel, WarningNotice
from fanzha.warn._wording import fit_words, utf8_bytes

MOST_BYTES = 128  # RFC 3261 sets no limit; proxies and displays do


class DisplayName(WarningChannel):
    """Builds a quoted-string with escaped content."""

    name = "display_name"
    title = Words("来电显示名称", "display name")
    tells = Words(
        "振铃时显示在来电号码旁；随呼叫答复返回，由 TAS 写入 From 的显示名。",
        "Shown beside the number while the phone rings; it comes with the answer to the call, and the TAS puts it into "
        "From.",
    )
    standard = "RFC 3261 §25.1 quoted-string"
    sends = False

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return the quoted-string in UTF-8."""
        return Request("", quoted(fit_words(notice.words, _quoted_bytes, MOST_BYTES)).encode())


def quoted(text: str) -> str:
    """Return a text without control characters as a quoted-string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted_bytes(text: str) -> int:
    return utf8_bytes(quoted(text))


CHANNEL = DisplayName()
