"""All routes; the application, the OpenAPI description and the access tests use this table."""

from fanzha.screen.http import call, feed, health_routes, lookup, ranges, registrations, verification

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
    health_routes.LIVE,
    health_routes.READY,
    health_routes.METRICS,
)
