"""Evidence → verdict: how much each detector may say, and when the answer is "cannot tell"."""
