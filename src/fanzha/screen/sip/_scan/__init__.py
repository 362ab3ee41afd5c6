"""Compiled kernels that scan one SIP message: lines, addresses, Via, and the output for answers and decisions."""
