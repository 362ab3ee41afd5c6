"""Voice message: the person is called, hears a recorded or synthesised warning, and may press 1 to be called back."""

import re

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Request, WarningChannel, WarningNotice
from fanzha.warn._wording import fit_words, plain

MOST_CHARACTERS = 400  # about two minutes of speech: longer messages are not listened to
CALL_BACK_KEY = "1"
PRESS_KEY = Words("按 1 由 96110 民警给您回电。", "Press 1 to be called back by the police at 96110.")
_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_USER = re.compile(r"\+?[0-9A-Za-z]{1,20}")


class VoiceMessage(WarningChannel):
    """Builds what is spoken, and the SIP addresses of the call."""

    name = "voice"
    title = Words("语音电话", "voice call")
    tells = Words(
        "呼叫本人，播放录音或合成语音；可按 1 由 96110 回电；主叫号码固定为所设号码。",
        "Calls the person and plays a recording or a synthesised voice; 1 asks for a call by 96110; the caller is"
        " always the number in the settings.",
    )
    standard = "RFC 3261, RFC 3551 (G.711), RFC 4733 (keys)"
    sends = True
    for_calls = False

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return the words to speak, with From and To as header fields; `gateway.url` is `sip:` and the domain."""
        if not _NUMBER.fullmatch(notice.to):
            raise ValueError("not a number that can be called")
        if not _USER.fullmatch(gateway.sender):
            raise ValueError("sender of the gateway: not a number to call from")
        domain = gateway.url.removeprefix("sip:")
        headers = {
            "To": f"<sip:{notice.to}@{domain};user=phone>",
            "From": f"<sip:{gateway.sender}@{domain};user=phone>",
        }
        return Request(gateway.url, compose_speech(notice.words).encode(), headers)


def compose_speech(words: Words) -> str:
    """Return what is spoken: the warning in the language or languages that it has, then the key to press."""
    spoken = fit_words(words, len, MOST_CHARACTERS, separator="\n")
    keys = [key for key, text in zip(PRESS_KEY, words, strict=True) if plain(text)]
    return " ".join((spoken, *keys))


CHANNEL = VoiceMessage()
