"""A Report as text for the terminal, as one line of JSON, and as one self-contained page."""
