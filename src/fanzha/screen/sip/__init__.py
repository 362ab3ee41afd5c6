"""The SIP redirect server: an INVITE is answered 302 to go on, or refused; media and hang-up never come here."""
