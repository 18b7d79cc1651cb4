"""Who comes in and what they may do: passwords, sessions, one-time links, tokens, roles."""
