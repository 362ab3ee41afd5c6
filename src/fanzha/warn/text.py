"""Ordinary text message with advice, stored on the phone."""

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, HandsetText, Request, TextChannel, WarningNotice
from fanzha.warn._sendsms import sendsms
from fanzha.warn._wording import fit_words, ucs2_units

MOST_UNITS = 3 * 67  # three parts of 70 units, less the concatenation header (3GPP TS 23.040 §9.2.3.24.1)
VALID_MINUTES = 60


class TextMessage(TextChannel):
    """Builds the request to an SMS gateway."""

    name = "text"
    title = Words("短信", "text message")
    tells = Words("保存在手机上，附建议；至多三条长度。", "Kept on the phone, with advice; at most three parts long.")
    standard = "3GPP TS 23.038 §4 (no class, UCS-2); Kannel sendsms, SMPP 3.4"
    sends = True

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return a POST to the gateway."""
        text, valid_minutes, _flash = self.compose(notice)
        return sendsms(gateway, notice.to, text, valid_minutes=valid_minutes)

    def compose(self, notice: WarningNotice) -> HandsetText:
        """Return the warning with its advice."""
        words, advice = notice.words, notice.advice
        full_text = Words(
            _join_sentences(words.zh, advice.zh, "。", "。"), _join_sentences(words.en, advice.en, ". ", ".")
        )
        return HandsetText(fit_words(full_text, ucs2_units, MOST_UNITS, separator="\n"), VALID_MINUTES)


def _join_sentences(words: str, advice: str, separator: str, end: str) -> str:
    """Join two sentences, without doubling final full stops."""
    if not advice:
        return words
    return words.rstrip(" .。") + separator + advice.rstrip(" .。") + end


CHANNEL = TextMessage()
