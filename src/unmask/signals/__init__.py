"""Plain functions on arrays: colour, pulse, breath, rate, motion, spectrum. No state, no files."""
