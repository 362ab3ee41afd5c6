"""The compiled loops that read one SIP message: lines, addresses, Via, and what answers and decisions need of them."""
