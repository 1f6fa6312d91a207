"""unmask tells a filmed face from a made one and says why."""
