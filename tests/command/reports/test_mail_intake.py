"""Reports by mail: abuse reports, forwarded mails and plain ones; garbage is refused or read, never an error."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.reports.mail_intake import MAX_BYTES, UnusableMail, read_mail

FRAUD = """From: Example Bank <service@pay-1.example>
To: someone@mail.example
Subject: Your card is locked

Unlock it at https://pay-1.example.com/unlock now.
"""
ARF = f"""From: reporter@mail.example
To: abuse@centre.example
Message-ID: <one@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

This is an abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1
Version: 1

--part
Content-Type: message/rfc822

{FRAUD}
--part--
"""


def plain(text: str, kind: str = "plain") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "reporter@mail.example", "Fwd"
    mail.set_content(text, subtype=kind)
    return mail.as_bytes()


def test_of_an_abuse_report_the_attached_mail_is_reported() -> None:
    submission = read_mail(ARF.encode(), "one")
    assert (submission.category, submission.thing) == ("link", "pay-1.example.com")
    assert submission.text.startswith("Your card is locked")
    assert (submission.contact, submission.channel) == ("reporter@mail.example", "mail")


def test_of_headers_alone_the_sender_is_reported() -> None:
    headers = ARF.replace("message/rfc822", "text/rfc822-headers").replace("https://pay-1.example.com/unlock", "")
    submission = read_mail(headers.encode(), "one")
    assert (submission.category, submission.thing) == ("account", "service@pay-1.example")


def test_a_mail_without_another_one_is_read_itself() -> None:
    assert read_mail(plain("See pay-2.example.com/a"), "one").thing == "pay-2.example.com"
    html = read_mail(plain("<style>a{}</style><p>Pay at <b>pay-3.example.com/a</b></p>", "html"), "one")
    assert html.thing == "pay-3.example.com" and "<" not in html.text and "a{}" not in html.text


def test_the_same_mail_to_one_organisation_is_one_report() -> None:
    nonces = {read_mail(ARF.encode(), organization).nonce for organization in ("one", "one", "other")}
    assert len(nonces) == 2
    assert read_mail(plain("one text"), "one").nonce != read_mail(plain("other text"), "one").nonce


def test_a_part_with_its_character_set_in_the_long_form_is_read() -> None:
    head = b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=p\n\n--p\n"
    part = b"Content-Type: text/plain; charset*=us-ascii'en'utf-8\n\n" + "网址 https://pay-1.example.com/".encode()
    assert "网址 https://pay-1.example.com/" in read_mail(head + part + b"\n--p--\n", "A").text


def test_headers_that_take_a_decoder_long_are_cut() -> None:
    for header in ("=?a?q?x" * 20_000, "(" * 20_000):
        assert read_mail(f"From: {header}\n\nSee pay-2.example.com/a".encode(), "one").thing == "pay-2.example.com"


def test_a_large_mail_one_of_many_parts_and_an_empty_one_are_refused() -> None:
    parts = "".join("--part\nContent-Type: text/plain\n\na\n" for _ in range(60))
    many = f'Content-Type: multipart/mixed; boundary="part"\n\n{parts}--part--\n'
    nested = b"Content-Type: message/rfc822\n\n" * 20_000
    for data in (b"a" * (MAX_BYTES + 1), many.encode(), nested, b"From: a@mail.example\n\n"):
        with pytest.raises(UnusableMail):
            read_mail(data, "one")


@given(st.binary(max_size=400), st.sampled_from(["", ARF[:300], "Content-Type: text/plain; charset=nothing\n\n"]))
def test_garbage_is_refused_or_read(rest: bytes, start: str) -> None:
    try:
        submission = read_mail(start.encode() + rest, "one")
    except UnusableMail:
        return
    assert submission.thing or submission.text


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Date: Sun, 1 Mar 2026 08:30:00 +0800\n", "2026-03-01T08:30:00+08:00"),
        ("Date: Sun, 1 Mar 2026 00:30:00 -0000\n", "2026-03-01T00:30:00+00:00"),
        ("Date: yesterday\n", None),
        ("", None),
    ],
)
def test_it_happened_when_the_reported_mail_was_sent(date: str, expected: str | None) -> None:
    submission = read_mail(ARF.replace("Subject: Your card", f"{date}Subject: Your card").encode(), "one")
    assert (submission.happened_at.isoformat() if submission.happened_at else None) == expected
    assert read_mail(plain("pay at http://pay-1.example"), "one").happened_at is None
