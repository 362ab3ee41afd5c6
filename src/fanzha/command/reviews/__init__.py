"""Drawn samples of findings that two people mark blind, and the precision that follows."""
