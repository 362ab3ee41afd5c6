"""Dates in Chinese: 2026年11月29日 14:05, and 11-29 where there is little room."""

DATE_FORMAT = SHORT_DATE_FORMAT = "Y年n月j日"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y年n月j日 H:i"
SECONDS_FORMAT = "Y年n月j日 H:i:s"
SHORT_DATETIME_FORMAT = "m-d H:i"
MONTH_DAY_FORMAT = "m-d"
