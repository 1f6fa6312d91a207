"""Webhooks: programs elsewhere are told that a check is over. Off unless the setting ``serve.webhooks`` names some."""
