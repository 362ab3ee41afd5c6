"""The SIP redirect server: answers an INVITE with 302 or a refusal; media and BYE go elsewhere."""
