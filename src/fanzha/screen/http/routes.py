"""All routes; the application, the OpenAPI description and the access tests use this table."""

from fanzha.screen.http import call, feed, lookup, monitoring, ranges, registrations, verification

ROUTES = (
    call.ROUTE,
    verification.ROUTE,
    lookup.ONE,
    lookup.MANY,
    ranges.URL_PREFIXES,
    ranges.URLS,
    ranges.NUMBERS,
    feed.ROUTE,
    registrations.ROUTE,
    monitoring.LIVE,
    monitoring.READY,
    monitoring.METRICS,
)
