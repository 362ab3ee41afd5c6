"""Tables of exports and unmaskings."""
