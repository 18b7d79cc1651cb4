"""What the program says to people, by noun; ``app.wording`` puts it together."""
