"""Feeds of events that a redirect server does not see: SIP copies, dialog events, rows of event tables."""
