"""Bytes to frames with a time: every file comes through this door."""
