"""Scores of an estimate against its reference: one `metrics.metric.Metric` in each file.

Signals are one-dimensional numpy arrays [time] of equal length. What is known of a score, also
whether it is better the higher it is, stands with its metric (`metrics.facts`). The order of the
arguments matters: swapped, they give plausible wrong numbers (SI-SDR alone is symmetric) that no
check can tell from right ones. What cannot be scored raises `metrics.guard.NotComputable`;
`metrics.table` turns that into an empty cell with its reason. Numpy and scipy only, so that worker
processes start fast; pystoi and mir_eval, a second each, are imported by the function that needs
them.
"""
