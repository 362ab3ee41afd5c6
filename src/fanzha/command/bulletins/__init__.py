"""Monthly bulletins: figures of companies with intervals, their replies, publication, rectification and checks."""
