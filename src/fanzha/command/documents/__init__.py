"""Numbered documents that processes produce, as PDF in Chinese and English."""
