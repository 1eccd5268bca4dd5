"""The names of systems that reports treat apart: the mixture, and systems that know the answer."""

MIXTURE = "mixture"  # the unprocessed mixture
# Systems that know the answer: oracles of tasks other than enhancement, recognition of clean
# speech, and ideal values of targets with the mixture's phase (`Target.ideal_name`). None of these
# is an upper bound: the phase-sensitive mask has a higher SDR than the amplitude mask, and a system
# that enhances the phase may exceed both.
ORACLE, CLEAN = "oracle", "clean speech"
AMPLITUDE_MASK, PHASE_SENSITIVE_MASK = "ideal amplitude mask", "phase-sensitive mask"
MAGNITUDE, COMPLEX_MASK = "ideal magnitude", "ideal complex mask"
KNOWING = (ORACLE, AMPLITUDE_MASK, MAGNITUDE, COMPLEX_MASK, PHASE_SENSITIVE_MASK, CLEAN)
