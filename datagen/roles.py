"""The roles of corpora, by the names of their options."""

TRAIN_SPEECH, TEST_SPEECH = "speech.train", "speech.test"
SEEN_NOISE, UNSEEN_NOISE = "noise.seen", "noise.unseen"
SPEECH, NOISE = (TRAIN_SPEECH, TEST_SPEECH), (SEEN_NOISE, UNSEEN_NOISE)
ROLES = (*SPEECH, *NOISE)
NEEDED = (TRAIN_SPEECH, SEEN_NOISE)
