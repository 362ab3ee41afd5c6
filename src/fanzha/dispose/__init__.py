"""Disposal channels: one file each; they build the bytes, the planes send them."""
