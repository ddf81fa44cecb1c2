"""Forms of request latency: what each must say of pauses, of samples, and of shifted and scaled
times."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from .quantiles import quantile
from .request_latency import latencies, spread_begins

MS = 1_000_000
ALL_FORMS = ("simple", "metered_100ms", "metered_full", "scheduled")


def frame_of(start, end, intended=None, thread=0, weight=None):
    frame = pd.DataFrame(
        {
            "thread": thread,
            "intended_ns": start if intended is None else intended,
            "start_ns": start,
            "end_ns": end,
        }
    )
    return frame if weight is None else frame.assign(weight=weight)


def closed_loop(durations, pauses=(), gap=50):
    """One thread's requests in turn; `pauses` are (request, ns) that lengthen a request."""
    lengths = np.array(durations, dtype="int64")
    for request, length in pauses:
        lengths[request] += length
    start = np.concatenate([[0], np.cumsum(lengths + gap)[:-1]])
    return frame_of(start, start + lengths)


def pausing(length, every, seconds=4.0, duration=20_000):
    """Equal requests of `duration` ns, and a pause of `length` ns in every stretch of `every`
    ns."""
    count = int(seconds * 1e9 / (duration + 50 + duration * length / every))
    step = int(every / duration)
    return closed_loop(
        np.full(count, duration), [(at, length) for at in range(step // 2, count, step)]
    )


def by_definition(begin, end, window):
    """Metered latency of whole frames sorted by begin, in exact fractions."""
    n = len(begin)
    intervals = sorted(b - a for a, b in zip(begin, begin[1:]))
    k = n if window is None else round(Fraction(window, 2 * intervals[(n - 2) // 2]))
    result = []
    for i in range(n):
        if window is None:
            spread = begin[0] + Fraction(i * (begin[-1] - begin[0]), n)
        else:
            low, high = max(i - k, 0), min(i + k, n - 1)
            spread = begin[low] + Fraction(
                (i - low) * (begin[high] - begin[low]), max(high - low, 1)
            )
            spread = spread if high > low else begin[i]
        result.append(float(end[i] - min(begin[i], spread)))
    return result


@pytest.mark.parametrize("window", [0, 10, 100, None])
@pytest.mark.parametrize("seed", range(10))
def test_metered_latency_is_as_defined(seed, window):
    rng = np.random.default_rng(seed)
    begin = np.cumsum(rng.integers(1, 30, 41)) + 10**15
    end = begin + rng.integers(1, 50, 41)
    spread = spread_begins(begin - begin[0], np.ones(41, "int64"), window)
    found = end - begin[0] - np.minimum(begin - begin[0], spread)
    assert found == pytest.approx(by_definition(begin.tolist(), end.tolist(), window), abs=1e-6)


@pytest.mark.parametrize("form", ["simple", "metered_100ms", "scheduled"])
@pytest.mark.parametrize("seed", range(4))
def test_one_longer_pause_among_equal_requests_lowers_no_quantile(seed, form):
    rng = np.random.default_rng(seed)
    count, duration = 8000, int(rng.integers(10_000, 60_000))
    at = int(rng.integers(100, count - 100))
    previous = np.zeros(4)
    for length in (0, MS // 10, MS, 10 * MS, 45 * MS, 60 * MS, 120 * MS, 500 * MS):
        found = latencies(
            closed_loop(np.full(count, duration), [(at, length)]), rate=9e8 / duration
        )[form]
        now = np.array([quantile(found, p) for p in (0.5, 0.9, 0.99, 0.998)])
        assert (now >= previous - 1e-6).all(), (length, now, previous)
        previous = now
    assert found.max() >= 500 * MS


@pytest.mark.parametrize("seed", range(6))
def test_scheduled_latency_is_monotone_in_every_pause(seed):
    rng = np.random.default_rng(seed)
    durations = rng.lognormal(9, 1, 3000).astype("int64")
    pauses = [(int(at), int(rng.integers(0, 90 * MS))) for at in rng.integers(0, 3000, 6)]
    before = latencies(closed_loop(durations, pauses), rate=50_000)["scheduled"]
    for place, (at, length) in enumerate(pauses):
        longer = (
            pauses[:place] + [(at, length + int(rng.integers(1, 50 * MS)))] + pauses[place + 1 :]
        )
        after = latencies(closed_loop(durations, longer), rate=50_000)["scheduled"]
        assert (after >= before - 1e-3).all() and after.sum() > before.sum()


def test_metered_latency_is_not_monotone_in_several_pauses():
    """Known: a later pause draws the spread begins of earlier requests to later times."""
    durations = np.full(10_000, 20_000)
    one, two = (
        latencies(closed_loop(durations, [(3000, 90 * MS), *more]))
        for more in ([], [(4000, 300 * MS)])
    )
    for form in ("metered_100ms", "metered_full"):
        assert two[form][3010] < one[form][3010] - MS
    assert two["metered_full"][4010] > one["metered_full"][4010]


def test_a_run_ahead_of_its_schedule_hides_a_pause_shorter_than_its_lead():
    """Known: at half the rate of the loop, requests begin ever earlier than scheduled."""
    frame = closed_loop(np.full(10_000, 20_000), [(5000, 40 * MS)])
    found = latencies(frame, 0.5e9 / 20_050)
    assert (found["scheduled"] == found["simple"]).all()
    assert latencies(frame, 0.99e9 / 20_050)["scheduled"][5001] > 35 * MS


@pytest.mark.parametrize("form", ["metered_100ms", "metered_full", "scheduled"])
def test_stopping_for_90_ms_looks_worse_than_pausing_for_a_tenth(form):
    """The sign that a window of time got wrong: it saw no pause longer than half of it."""
    stopping, concurrent = pausing(90 * MS, 600 * MS), pausing(MS // 10, 600 * MS)
    rate = 0.9 * 1e9 / 20_050
    worse, better = (latencies(frame, rate)[form] for frame in (stopping, concurrent))
    assert quantile(worse, 0.99) > 20 * MS
    assert quantile(worse, 0.99) > 10 * quantile(better, 0.99)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_weighted_sample_has_the_percentiles_of_all_requests(threads):
    rng = np.random.default_rng(threads)
    frames = []
    for thread in range(threads):
        durations = rng.gamma(6, 3000, 120_000 // threads)
        pauses = [(at, 40 * MS) for at in range(5000, len(durations), 20_000)]
        frames.append(closed_loop(durations, pauses).assign(thread=thread))
    whole = pd.concat(frames, ignore_index=True)
    rows = [sampled(frame, slowest=600, every=16) for frame in frames]
    sample = pd.concat(rows, ignore_index=True)
    assert sample["weight"].sum() == len(whole) and len(sample) < len(whole) / 8
    rate = 0.8e9 * threads / 18_050
    everything, some = latencies(whole, rate), latencies(sample, rate)
    for form in ALL_FORMS:
        assert some[form].max() == pytest.approx(everything[form].max(), rel=0.02), form
        for p in (0.75, 0.9, 0.99):
            low, high = (quantile(everything[form], p + shift) for shift in (-0.005, 0.005))
            found = quantile(np.repeat(some[form], sample["weight"]), p)
            assert 0.9 * low <= found <= 1.1 * high, (form, p)


def sampled(frame, slowest, every):
    """As a run keeps rows: the slowest have their own, every k-th of the rest represents k."""
    length = frame["end_ns"] - frame["start_ns"]
    slow = length.rank(method="first", ascending=False) <= slowest
    rest = frame[~slow]
    kept = rest.iloc[every - 1 :: every].assign(weight=every)
    left = len(rest) - len(kept) * every
    kept.iloc[-1, kept.columns.get_loc("weight")] += left
    return pd.concat([frame[slow].assign(weight=1), kept]).sort_values("start_ns")


def test_the_frames_order_is_kept_whatever_it_is():
    frame = pausing(30 * MS, 200 * MS, seconds=0.5)
    found = latencies(frame, 10_000)
    turn = np.random.default_rng(1).permutation(len(frame))
    for form, values in latencies(frame.iloc[turn], 10_000).items():
        assert (values == found[form][turn]).all(), form


def test_a_frame_without_weights_counts_each_row_once():
    frame = pausing(30 * MS, 200 * MS, seconds=0.5)
    for form, values in latencies(frame.assign(weight=1), 10_000).items():
        assert (values == latencies(frame, 10_000)[form]).all(), form


def test_a_shift_changes_nothing_and_loses_no_nanosecond():
    frame = pausing(30 * MS, 200 * MS, seconds=0.5)
    shifted = latencies(
        frame + {"thread": 0, "intended_ns": 2**61, "start_ns": 2**61, "end_ns": 2**61},
        10_000,
    )
    for form, values in latencies(frame, 10_000).items():
        assert (values == shifted[form]).all(), form


def test_latency_scales_with_time():
    frame = pausing(30 * MS, 200 * MS, seconds=0.5)
    found, scaled = latencies(frame, 10_000), latencies(frame * 8, 10_000 / 8)
    for form in ("simple", "metered_full", "scheduled"):
        assert scaled[form] == pytest.approx(8 * found[form]), form


@pytest.mark.parametrize("weight", [1, 5])
def test_a_single_request_has_one_latency(weight):
    frame = frame_of([7], [19], weight=[weight])
    found = latencies(frame)
    assert {name: values.tolist() for name, values in found.items()} == dict.fromkeys(
        ALL_FORMS[:3], [12]
    )


def test_no_request_has_no_latency():
    assert all(len(values) == 0 for values in latencies(frame_of([], []), 10.0).values())


def test_requests_that_begin_together_do_not_hide_a_pause():
    """Two threads in step: every second interval is 0, and a window must not become all or nothing
    for that."""
    one = pausing(50 * MS, 500 * MS, seconds=2)
    both = pd.concat([one, one.assign(thread=1)], ignore_index=True)
    alone, together = latencies(one)["metered_100ms"], latencies(both)["metered_100ms"]
    for p in (0.5, 0.9, 0.99):
        assert quantile(together, p) == pytest.approx(quantile(alone, p), rel=0.02)
    assert np.isfinite(latencies(frame_of([5] * 30, [9] * 30))["metered_100ms"]).all()


def test_intended_latency_appears_only_with_a_schedule():
    frame = frame_of([0, 9], [2, 10], intended=[0, 5])
    assert latencies(frame)["intended"].tolist() == [2, 5]
    assert latencies(frame)["simple"].tolist() == [2, 1]
    assert "intended" not in latencies(frame.assign(intended_ns=frame["start_ns"]))


@pytest.mark.parametrize("form", ALL_FORMS)
def test_no_form_is_below_the_requests_own_length(form):
    frame = pausing(30 * MS, 200 * MS, seconds=0.5)
    assert (latencies(frame, 10_000)[form] >= latencies(frame)["simple"] - 1e-6).all()
