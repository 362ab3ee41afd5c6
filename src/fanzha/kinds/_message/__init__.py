"""What stands in a message beside its words: links, call-back numbers, contact handles, the signature."""
