"""Flash SMS (class 0): the handset shows it at once and does not store it."""

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, HandsetText, Request, TextChannel, WarningNotice
from fanzha.warn._sendsms import sendsms
from fanzha.warn._wording import fit_words, ucs2_units

MOST_UNITS = 70  # one message: many handsets split or drop long class 0 messages
VALID_MINUTES = 5  # a later warning would be about a call in the past
SHOWN_AT_ONCE = 0


class FlashSms(TextChannel):
    """Builds the request to an SMS gateway."""

    name = "flash_sms"
    title = Words("闪信", "flash SMS")
    tells = Words(
        "立即显示在屏幕上，不保存；一条以内（70 字），只写要点。",
        "Shown on the display at once and not kept; one message of 70 characters, so only what matters.",
    )
    standard = "3GPP TS 23.038 §4 (class 0, UCS-2); Kannel sendsms, SMPP 3.4"
    sends = True

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return a POST to the gateway."""
        text, valid_minutes, _flash = self.compose(notice)
        return sendsms(gateway, notice.to, text, valid_minutes=valid_minutes, message_class=SHOWN_AT_ONCE)

    def compose(self, notice: WarningNotice) -> HandsetText:
        """Return the warning in one message."""
        return HandsetText(fit_words(notice.words, ucs2_units, MOST_UNITS, separator="\n"), VALID_MINUTES, flash=True)


CHANNEL = FlashSms()
