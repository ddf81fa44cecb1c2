"""What a thread that only sleeps and wakes saw while each cell ran: complementary distribution of
its delay.

Invariants: delays of all invocations together; the grey line is the machine's own floor, with
nothing else running. What is above it is not the machine's alone: mutators and collector threads
take cores.
"""

import numpy as np

from ..compare.bystander import machine_floor
from ..read.experiment import CellResult, Experiment
from .pauses import draw_floor, draw_survival, floor_legend, log_count_axis
from .style import Style, legend_below, log_time_axis, panels


def delays(result: CellResult) -> np.ndarray:
    """Of all timed runs, without those too short to be measured."""
    pooled = np.concatenate([np.zeros(0), *(digest.bystander for digest in result.digests)])
    return pooled[pooled > 0]


def bystander_delay(experiment: Experiment, results: list[CellResult], style: Style):
    """None when no run recorded a delay."""
    drawn = [(result, values) for result in results if len(values := delays(result))]
    if not drawn:
        return None
    floor = machine_floor(experiment)
    figure, (axes,) = panels(1, width=7.6, height=4.2)
    axes.set_xscale("log")
    draw_floor(axes, floor)
    for result, values in drawn:
        draw_survival(axes, values, **style.line(result))
    log_count_axis(axes)
    everything = np.concatenate(
        [values for _, values in drawn] + ([floor.points[0]] if floor else [])
    )
    limits = max(everything.min(), 1_000.0), everything.max() * 1.2
    axes.set_xlim(*limits)
    log_time_axis(axes.xaxis, *limits)
    axes.set_xlabel("delay of the bystander")
    axes.set_ylabel("P(delay > x)")
    legend_below(
        figure, experiment, [result for result, _ in drawn], style, extra=floor_legend(floor)
    )
    return figure
