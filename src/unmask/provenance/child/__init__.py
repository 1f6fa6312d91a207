"""What reads a manifest of a stranger, in a process of its own behind the walls of the decoder.

The Content Credentials library parses whatever a file holds, so it runs where nothing but that file can be read and where
memory and time are bounded. It is started without site-packages and imports nothing of unmask but the walls.
"""
