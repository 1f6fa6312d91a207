"""Measures unmask against known answers, with intervals."""
