"""Recurring tasks of tracebacks: search records, send messages, end what was answered, delete old records."""

from datetime import datetime, timedelta

from fanzha.command.call_traceback.messages import send_due
from fanzha.command.call_traceback.search import search_due
from fanzha.command.call_traceback.services import end_unreachable, finish_answered
from fanzha.command.processes.services import DeliveryPool
from fanzha.command.web.scheduler import Job
from fanzha.store.call_records import delete_old_days
from fanzha.store.traceback_settings import load_traceback_settings

#: Threads that send to other sites, so that one that does not answer holds up no other.
POOL = DeliveryPool()


def send_messages(now: datetime) -> None:
    """Send due messages in the pool."""
    send_due(now, POOL)


def delete_old_records(now: datetime) -> int:
    """Delete the call records whose time is over; return how many days."""
    return delete_old_days((now - timedelta(days=load_traceback_settings().record_days)).date())


JOBS = (
    Job("search call records for tracebacks", timedelta(seconds=2), search_due),
    Job("send messages of tracebacks", timedelta(seconds=2), send_messages),
    Job("finish answered tracebacks", timedelta(seconds=5), finish_answered),
    Job("end tracebacks whose operator is not reached", timedelta(minutes=10), end_unreachable),
    Job("delete old call records", timedelta(hours=6), delete_old_records),
)
