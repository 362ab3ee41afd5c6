"""E-mail with the warning and its advice, as plain text without links."""

import re
from email.message import EmailMessage
from email.policy import SMTP

from fanzha.base.words import Words
from fanzha.warn._channel import Gateway, Request, WarningChannel, WarningNotice
from fanzha.warn._wording import plain

SUBJECT = Words("反诈提醒", "Fraud warning")
_ADDRESS = re.compile(r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}@[0-9A-Za-z]([0-9A-Za-z.-]{0,250}[0-9A-Za-z])?")


class EmailWarning(WarningChannel):
    """Builds a message of RFC 5322 without Date and Message-ID, which the sender adds."""

    name = "email"
    title = Words("电子邮件", "e-mail")
    tells = Words("纯文本邮件，附建议，不含链接。", "A message of plain text with advice and without links.")
    standard = "RFC 5322, RFC 2045"
    sends = True
    for_calls = False

    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return the message; `gateway.sender` is the address that it comes from."""
        for address in (notice.to, gateway.sender):
            if not _ADDRESS.fullmatch(address):
                raise ValueError("not an e-mail address")
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = gateway.sender, notice.to
        languages = [index for index, text in enumerate(notice.words) if plain(text)]
        message["Subject"] = " · ".join(SUBJECT[index] for index in languages)
        message["Auto-Submitted"] = "auto-generated"
        texts = ("\n".join(filter(None, map(plain, (notice.words[at], notice.advice[at])))) for at in languages)
        message.set_content("\n\n".join(texts) + "\n", cte="base64")
        return Request(gateway.url, message.as_bytes())


CHANNEL = EmailWarning()
