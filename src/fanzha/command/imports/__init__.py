"""Tables that come from elsewhere: numbering tables, spared numbers, mirrors of a carrier's own systems."""
