"""The figures: one module a kind, `gallery` draws them all.

Every module takes digested results and returns matplotlib figures; none computes a statistic that the tables do not
also use. Colours, line styles and axes come from `style` alone, so that a collector and a barrier look the same
everywhere.
"""
