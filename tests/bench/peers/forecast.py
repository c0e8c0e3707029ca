"""usage: forecast.py DIR RUN...

Nixtla's statsforecast on the runs that `wfm-bench forecast --dump DIR` wrote (tests/bench/forecast_dump.h):
MSTL of day and week with AutoETS on what is left, and with AutoARIMA as in its tutorial. The series is made
as for R (forecast.R): the open part of the week without gaps. CPU seconds are those of a fit and its forecast.
"""
import csv
import os
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
from statsforecast.models import MSTL, AutoARIMA, AutoETS  # noqa: E402

OPEN_SHARE = 0.1  # a weekday or slot observed less often is closed
BANDS = (("mean", "mean"), ("q025", "lo-95"), ("q10", "lo-80"), ("q50", "mean"), ("q90", "hi-80"),
         ("q975", "hi-95"))


def fill(values, week):
    """What is missing: the mean of up to four weeks before, else the week after, else the mean of all."""
    for i in np.flatnonzero(np.isnan(values)):
        before = [values[i - week * k] for k in range(1, 5) if i >= week * k]
        before = [value for value in before if not np.isnan(value)]
        values[i] = np.mean(before) if before else np.nan
    for i in np.flatnonzero(np.isnan(values))[::-1]:
        if i + week < len(values):
            values[i] = values[i + week]
    values[np.isnan(values)] = np.nanmean(values)
    return values


class Run:
    """A queue at an origin: `values` before it, `horizon` points behind it, and where the test's rows stand
    among these (-1: closed as far as the past tells)."""

    def __init__(self, folder, name):
        train = pd.read_csv(os.path.join(folder, f"{name}.train.csv"))
        test = pd.read_csv(os.path.join(folder, f"{name}.test.csv"))
        y = train.pivot(index="day", columns="slot", values="y")
        weekday = pd.to_datetime(y.index).weekday
        seen = y.notna()
        weekdays = [w for w in range(7)
                    if (weekday == w).any() and seen[weekday == w].any(axis=1).mean() >= OPEN_SHARE]
        keep = np.isin(weekday, weekdays) & (seen.any(axis=1).cumsum() > 0).to_numpy()
        slots = [s for s in y.columns if seen.loc[keep, s].mean() >= OPEN_SHARE]
        self.day, self.week = len(slots), len(slots) * len(weekdays)
        self.values = fill(y.loc[keep, slots].to_numpy(dtype=float).ravel(), self.week)
        ahead = [d for d in dict.fromkeys(test["day"]) if pd.Timestamp(d).weekday() in weekdays]
        self.horizon = len(ahead) * self.day
        day_at = {day: i for i, day in enumerate(ahead)}
        slot_at = {slot: i for i, slot in enumerate(slots)}
        self.at = [day_at[d] * self.day + slot_at[s] if d in day_at and s in slot_at else -1
                   for d, s in zip(test["day"], test["slot"])]

    def seasons(self):
        return [p for p in sorted({self.day, self.week}) if p > 1 and 2 * p < len(self.values)]


METHODS = {
    "mstl_ets": lambda run: MSTL(run.seasons(), trend_forecaster=AutoETS(model="ZZN")),
    "mstl_arima": lambda run: MSTL(run.seasons(), trend_forecaster=AutoARIMA(approximation=True)),
}


def warm_up():
    """The first fit of a process compiles; that is nobody's forecast."""
    run = Run.__new__(Run)
    run.day, run.week, run.horizon = 4, 28, 28
    run.values = 20 + np.sin(np.arange(160)) + np.arange(160) % 7
    for make in METHODS.values():
        make(run).forecast(y=run.values, h=run.horizon, level=[80, 95])


def main(folder, names):
    warm_up()
    for name in names:
        run = Run(folder, name)
        with open(os.path.join(folder, f"{name}.statsforecast.pred.csv"), "w", newline="") as out, \
                open(os.path.join(folder, f"{name}.statsforecast.cpu.csv"), "w", newline="") as cpu:
            rows, seconds = csv.writer(out, lineterminator="\n"), csv.writer(cpu, lineterminator="\n")
            rows.writerow(["method"] + [column for column, _ in BANDS])
            seconds.writerow(["method", "cpu_s"])
            for method, make in METHODS.items():
                before = time.process_time()
                try:
                    said = make(run).forecast(y=run.values, h=run.horizon, level=[80, 95])
                except Exception as error:  # a method that fails is left out, and said
                    print(f"forecast-peers: {name}: statsforecast {method}: {error}", file=sys.stderr)
                    continue
                seconds.writerow([method, round(time.process_time() - before, 4)])
                table = np.maximum(np.column_stack([said[key] for _, key in BANDS]), 0)
                for at in run.at:
                    rows.writerow([method] + ([f"{v:.8g}" for v in table[at]] if at >= 0 else [0] * len(BANDS)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
