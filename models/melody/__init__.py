"""Networks that predict the next token of a melody, and the models they are compared with."""
