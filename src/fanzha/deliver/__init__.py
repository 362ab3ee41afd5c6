"""Delivery: what goes out to people is sent from here, by SMPP, SIP, mail and signed requests."""
