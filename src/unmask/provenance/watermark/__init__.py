"""The keyed mark in the picture: it names institution and clip, and dies where the picture is made anew.

layout → lattice → embed                      writing
layout → lattice → align → payload → read → locate   reading
"""
