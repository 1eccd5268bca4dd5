"""Audio files: what they hold, as samples at any rate, and back."""
