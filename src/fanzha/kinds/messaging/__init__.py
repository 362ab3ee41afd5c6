"""Contact information in a message: links, call-back numbers, contact handles and the signature."""
