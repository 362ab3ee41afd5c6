"""Where a screen learns what a redirect server never sees: copies of SIP, dialog events, rows of event tables."""
