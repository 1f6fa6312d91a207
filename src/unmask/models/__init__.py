"""Networks that a user brings: what their cards say, the folder they lie in, how they are run and what their word is worth."""
