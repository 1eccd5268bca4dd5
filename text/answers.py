"""The kinds of answers that systems give, that tests refer to, and that metrics compare."""

# A waveform [time], a text, the name of a class, waveforms [talker, time], the tokens of a tune.
SPEECH, TEXT, LABEL, TALKERS, NOTES = "speech", "text", "label", "talkers", "notes"
