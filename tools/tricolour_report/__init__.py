"""All statistics, figures and pages of Tricolour.

Purpose: turn the result folder of a sweep into plots, a page, a terminal summary and comparisons
with honest intervals.
Invariants: the invocation is the unit of every interval, never the pause; a run is read whole or
skipped by name; a failed cell stays visible; a run under `--verify` never enters a timing figure.
The definitions are those of the columns' documentation in `docs/schema.md`.

Reading order: `sweep_folder` (files) -> `digest` (one run) -> `experiment` (all runs, ratios to the
baseline) -> `page`, `terminal`, `compare`.
"""
