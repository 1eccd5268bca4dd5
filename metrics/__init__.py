"""Scores of an estimate against its reference: one `metrics.metric.Metric` in each file.

Signals are one-dimensional numpy arrays [time] of equal length. The facts of a score, such as
whether a higher value is better, stand with its metric (`metrics.facts`). The order of the
arguments matters: swapped arguments give plausible wrong numbers that no check can detect (only
SI-SDR is symmetric). Signals without a score raise `metrics.guard.NotComputable`, and
`metrics.table` turns the error into an empty cell with its reason. Modules import only numpy and
scipy, so that worker processes start fast. pystoi and mir_eval take a second each, so they are
imported by the functions that need them.
"""
