"""Warning by an app on the person's phone: the system of the app gets a request and shows the words to its user."""

import re

import msgspec

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Request, WarningChannel, WarningNotice
from fanzha.warn._wording import plain

TYPE = "fanzha.warning.v1"
_NUMBER = re.compile(r"\+[0-9]{3,20}")


class AppWarning(WarningChannel):
    """Builds the body; the sender signs it."""

    name = "app"
    title = Words("应用内消息", "app message")
    tells = Words(
        "签名的 HTTP 请求发往 App 的系统，由其向该用户显示；该号码不是其用户时不显示。",
        "A signed HTTP request to the system of an app, which shows the words to the user of the number if it has one.",
    )
    standard = "Standard Webhooks 1.0"
    sends = True
    for_calls = False

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return a POST with a JSON body."""
        if not _NUMBER.fullmatch(notice.to):
            raise ValueError("not a number in E.164")
        body = {
            "type": TYPE,
            "to": notice.to,
            "words": {"zh": plain(notice.words.zh), "en": plain(notice.words.en)},
            "advice": {"zh": plain(notice.advice.zh), "en": plain(notice.advice.en)},
        }
        return Request(gateway.url, msgspec.json.encode(body), {"Content-Type": "application/json"})


CHANNEL = AppWarning()
