"""Followers of certificate-transparency logs (RFC 6962, static-ct-api): every entry read is proven to be in the log."""
