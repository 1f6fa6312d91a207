"""Faces of nobody, drawn by small networks whose traces can be shown and found."""
