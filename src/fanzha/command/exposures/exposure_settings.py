"""Settings of exposures: `[exposures]` in `fanzha.toml` of the state folder."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from django.utils import timezone

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

Hour = Annotated[int, msgspec.Meta(ge=0, le=23)]


class ExposureSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[exposures]`: how people who were exposed are warned.

    No person is warned between the local hours `quiet_from` and `quiet_until`, or again within `rest_hours`; at most
    `per_hour` people of an organisation are warned in an hour. `channel` is one that `fanzha deliver` sends.
    """

    channel: Literal["text", "flash_sms", "voice", "app"] = "text"
    quiet_from: Hour = 21
    quiet_until: Hour = 8
    rest_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 31)] = 24
    per_hour: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1_000

    def is_quiet(self, now: datetime) -> bool:
        """Return whether warnings wait at this hour."""
        hour = timezone.localtime(now).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def next_quiet(self, now: datetime) -> datetime:
        """Return when the next quiet hours begin; far away without any."""
        if self.quiet_from == self.quiet_until:
            return now + timedelta(days=1)
        local = timezone.localtime(now)
        begin = local.replace(hour=self.quiet_from, minute=0, second=0, microsecond=0)
        return begin if begin > local else begin + timedelta(days=1)


def load_exposure_settings() -> ExposureSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "exposures"), ExposureSettings)
    except msgspec.ValidationError as error:
        fix = "docs/how-to/warn-exposed-people.md names the fields"
        raise UsageError(f"{path}, [exposures]: {error}", fix=fix) from None
