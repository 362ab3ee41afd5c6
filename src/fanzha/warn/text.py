"""An ordinary text message: kept on the phone, with advice; for whoever may read it later."""

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Notice, Request, WarningChannel
from fanzha.warn._sendsms import sendsms
from fanzha.warn._wording import fitting, ucs2_units

MOST_UNITS = 3 * 67  # three parts: 70 units less the header that joins them (3GPP TS 23.040 §9.2.3.24.1)
VALID_MINUTES = 60


class Text(WarningChannel):
    """Builds the request to an SMS gateway."""

    name = "text"
    title = Words("短信", "text message")
    tells = Words("保存在手机上，附建议；至多三条长度。", "Kept on the phone, with advice; at most three parts long.")
    standard = "3GPP TS 23.038 §4 (no class, UCS-2); Kannel sendsms"
    sends = True

    def build(self, notice: Notice, gateway: Gateway) -> Request:
        """Return a POST to the gateway."""
        words, advice = notice.words, notice.advice
        whole = Words(_joined(words.zh, advice.zh, "。", "。"), _joined(words.en, advice.en, ". ", "."))
        text = fitting(whole, ucs2_units, MOST_UNITS, between="\n")
        return sendsms(gateway, notice.to, text, valid_minutes=VALID_MINUTES)


def _joined(words: str, advice: str, between: str, end: str) -> str:
    """Return two sentences as people write them; texts that end a sentence themselves are left as they are."""
    if not advice:
        return words
    return words.rstrip(" .。") + between + advice.rstrip(" .。") + end


CHANNEL = Text()
