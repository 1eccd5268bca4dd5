"""Networks that foretell the next token of a melody, and what they are held against."""
