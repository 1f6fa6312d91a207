"""Frames → faces → tracks: who is in the film, where, in which pose, with which skin colour."""
