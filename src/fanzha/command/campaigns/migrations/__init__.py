"""Tables of campaigns, as they came to be."""
