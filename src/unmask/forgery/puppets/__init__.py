"""People who do not exist, drawn: identity, pose, expression and heartbeat are known because they were chosen."""
