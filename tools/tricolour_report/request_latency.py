"""Forms of request latency, for scripts of one's own.

`latencies(frame)` is importable by this name whatever the folders inside are called.
"""

from .statistics.request_latency import latencies

__all__ = ["latencies"]
