"""Faces pasted over each other, each with its exact mask."""
