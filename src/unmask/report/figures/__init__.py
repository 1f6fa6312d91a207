"""Pictures for the report as inline SVG, drawn by small pure functions: no script, no network, no identifiers.

The page's style sheet colours the classes ``ink``, ``soft``, ``rule``, ``panel`` and ``curve`` for light and dark;
without it the fallback colours of each element stand.
"""
