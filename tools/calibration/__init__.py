"""Does the testbed find what is known to be there, and nothing where there is nothing? See
tools/calibrate.

Purpose: one module for each known thing: `same_against_same` (no difference), `injected_pause`,
`injected_barrier_cost` and `injected_waits` (a cost added on purpose), `recording` (what measuring
costs), `definitions` (figures against their definitions). `runs` calls tricolour, `checks` is what
is reported.
"""
