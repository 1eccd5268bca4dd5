"""Audio files: their headers, their samples at any rate, and the writing of them."""
