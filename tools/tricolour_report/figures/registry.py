"""The figures of the report, in the order of the page: one module of this folder each.

A figure is added by a line of LIST and the module of that name, which has it as FIGURE.
"""

from dataclasses import replace
from importlib import import_module

from .description import Figure

LIST = (
    "metric",
    "lower_bound_overhead",
    "barrier_cost",
    "pause_histogram",
    "pause_distribution",
    "pause_percentiles",
    "held",
    "request_latency",
    "slowest_requests",
    "bystander",
    "utilisation",
    "time_spent",
    "speed_up",
    "timeline",
    "heap",
)


def _load(name: str) -> Figure:
    return replace(import_module(f".{name}", __package__).FIGURE, name=name)


FIGURES = tuple(_load(name) for name in LIST)
