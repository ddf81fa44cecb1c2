"""Results in the formats of other tools.

Purpose: `tricolour export DIR --format F --out DIR`.
Invariants: every timed run that was read whole is in the output, under a name that tells its cell
and block. A failed run is in each format that can hold one, else told on standard error. Nothing
appears under the output's name before all of it is complete.
"""
