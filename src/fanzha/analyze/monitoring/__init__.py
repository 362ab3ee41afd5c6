"""Monitor detectors in production: shifts of scores, new words, rising alarms by month."""
