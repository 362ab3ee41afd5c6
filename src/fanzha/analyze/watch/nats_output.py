"""Output to a subject of a NATS JetStream: each line is published once, also if the process is killed."""

from collections.abc import Sequence

import msgspec

from fanzha.analyze.watch.line_output import START, LinePlace, OutputLine, PlacedLine
from fanzha.analyze.watch.nats_connection import NatsConnection, StreamFailed, parse_address

_WRONG_LAST_SEQUENCE = 10071  # error code of the server


class NatsOutput:
    """Publishes lines to one subject, as its only writer.

    The last message of the subject records the last published line. Each line is published on condition that the
    subject's last message is the one that this process knows, so that a second writer is noticed.
    """

    def __init__(self, url: str) -> None:
        """Connect and read the subject's last message. Raise UsageError or StreamFailed."""
        server, self._subject = parse_address(url)
        self._connection = NatsConnection(server)
        try:
            self._stream = self._connection.run(self._connection.stream.find_stream_name_by_subject(self._subject))
            self._last, self._stream_sequence = self._read_last()
        except BaseException:
            self._connection.close()
            raise

    @property
    def last(self) -> LinePlace:
        """The last line that was published."""
        return self._last

    def write(self, lines: Sequence[OutputLine]) -> None:
        """Publish the lines after `last`, one after the other. Raise StreamFailed."""
        for line in lines:
            if line.place > self._last:
                self._publish(line)

    def _publish(self, line: OutputLine) -> None:
        from nats.js.errors import APIError

        headers = {"Nats-Expected-Last-Subject-Sequence": str(self._stream_sequence)}
        try:
            published = self._connection.run(
                self._connection.stream.publish(self._subject, line.data, headers=headers, stream=self._stream)
            )
            self._last, self._stream_sequence = line.place, published.seq
        except StreamFailed as error:
            last, stream_sequence = self._read_last()
            if last == line.place:  # it was stored, only the answer was lost
                self._last, self._stream_sequence = last, stream_sequence
                return
            cause = error.__cause__
            if isinstance(cause, APIError) and cause.err_code == _WRONG_LAST_SEQUENCE:
                raise StreamFailed(
                    f"{self._subject}: another process publishes to this subject 另有进程向该主题发布",
                    fix="stop one of them, or give each a subject of its own",
                ) from None
            raise

    def _read_last(self) -> tuple[LinePlace, int]:
        from nats.js.errors import NotFoundError

        try:
            message = self._connection.run(self._connection.stream.get_last_msg(self._stream, self._subject))
        except StreamFailed as error:
            if isinstance(error.__cause__, NotFoundError):
                return START, 0
            raise
        return LinePlace(*msgspec.json.decode(message.data or b"", type=PlacedLine).sequence), int(message.seq or 0)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
