"""Messages whose heads hold a CR or LF alone: some parsers take it for a line end, others do not."""

_END = b"\r\n"


def malform_line_ends(message: bytes) -> dict[str, bytes]:
    """Return variants of a well-formed request that holds a Subject, by where the malformed line end stands."""
    head, _, body = message.partition(_END + _END)
    lines = head.split(_END)
    subject = next(position for position, line in enumerate(lines) if line.startswith(b"Subject:"))
    via = next(position for position, line in enumerate(lines) if line.startswith(b"Via:"))

    def put_after(position: int, text: bytes, end: bytes = _END) -> bytes:
        return _END.join(lines[:position]) + _END + lines[position] + text + end + _END.join(lines[position + 1 :])

    def with_subject(text: bytes) -> bytes:
        return _END.join([*lines[:subject], text, *lines[subject + 1 :]]) + _END + _END + body

    tail = _END + _END + body
    return {
        "LF alone after a header field": with_subject(b"Subject: x\nP-Asserted-Identity: <tel:110>"),
        "CR alone after a header field": with_subject(b"Subject: x\rP-Asserted-Identity: <tel:110>"),
        "two CR": with_subject(b"Subject: x\r\rP-Asserted-Identity: <tel:110>"),
        "CR before the end of a line": with_subject(b"Subject: x\r"),
        "LF before the end of a line": with_subject(b"Subject: x\n"),
        "LF within a folded value": with_subject(b"Subject: x\r\n y\n z"),
        "LF alone ends the request line": _END.join(lines).replace(_END, b"\n", 1) + tail,
        "LF alone ends Via": put_after(via, b"", b"\n") + tail,
        "all lines end with LF": b"\n".join([*lines, b"", b""]) + body,
        "all lines end with CR": b"\r".join([*lines, b"", b""]) + body,
        "LF alone ends the last header field": head + b"\n\r\n" + body,
        "CR alone ends the last header field": head + b"\r\r\n" + body,
        "LF alone ends the head": head + b"\r\n\n" + body,
        "CR alone ends the head": head + b"\r\n\r" + body,
        "NUL and LF within a value": with_subject(b"Subject: x\0y\nX: z"),
    }
