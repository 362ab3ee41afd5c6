"""A flash SMS: class 0, which a handset shows at once over whatever else it shows, and does not keep."""

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Notice, Request, WarningChannel
from fanzha.warn._sendsms import sendsms
from fanzha.warn._wording import fitting, ucs2_units

MOST_UNITS = 70  # one message: many handsets show a long class 0 in pieces, or not at all
VALID_MINUTES = 5  # later it would tell of a call long over
SHOWN_AT_ONCE = 0


class FlashSms(WarningChannel):
    """Builds the request to an SMS gateway."""

    name = "flash_sms"
    title = Words("闪信", "flash SMS")
    tells = Words(
        "立即显示在屏幕上，不保存；一条以内（70 字），只写要点。",
        "Shown on the display at once and not kept; one message of 70 characters, so only what matters.",
    )
    standard = "3GPP TS 23.038 §4 (class 0, UCS-2); Kannel sendsms"
    sends = True

    def build(self, notice: Notice, gateway: Gateway) -> Request:
        """Return a POST to the gateway."""
        text = fitting(notice.words, ucs2_units, MOST_UNITS, between="\n")
        return sendsms(gateway, notice.to, text, valid_minutes=VALID_MINUTES, message_class=SHOWN_AT_ONCE)


CHANNEL = FlashSms()
