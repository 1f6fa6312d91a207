"""Face swap by a shared encoder and two decoders, step by step."""
