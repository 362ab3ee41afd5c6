"""Web names: public suffixes, internationalised names, confusable characters, IP addresses, and links in text."""
