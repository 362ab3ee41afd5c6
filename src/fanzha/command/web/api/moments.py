"""Type of times in API input: ISO 8601 with offset. Numbers, which pydantic would accept, are refused."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_BEGINS = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _written(value: Any) -> Any:
    if isinstance(value, datetime) or value is None or (isinstance(value, str) and _BEGINS.match(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "is no moment (ISO 8601)")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
