"""Every route there is: the app, the OpenAPI file and the access tests go by this table."""

from fanzha.screen.http import call, feed, lookup, monitoring, ranges

ROUTES = (
    call.ROUTE,
    lookup.ONE,
    lookup.MANY,
    ranges.URL_PREFIXES,
    ranges.URLS,
    ranges.NUMBERS,
    feed.ROUTE,
    monitoring.LIVE,
    monitoring.READY,
    monitoring.METRICS,
)
