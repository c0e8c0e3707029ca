"""usage: peer.py glpk|cbc|highs|cpsat PLAN OUT SECONDS THREADS

Solves the monolithic model of a plan file (tours.py) with one peer within SECONDS of wall time, building the
model included. OUT gets "bound B" where the solver tells one, "seconds S" and one line per shift; without
shifts the solver found no roster. Exit status 3: the solver is not there.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from tours import Problem, Tours


def need(program):
    if shutil.which(program) is None:
        print(f"SKIPPED: {program} is not on the PATH", file=sys.stderr)
        sys.exit(3)


def run_program(tours, left, command, solution, parse):
    """command: (mps, solution) -> argv."""
    with tempfile.TemporaryDirectory() as folder:
        mps, out = os.path.join(folder, "roster.mps"), os.path.join(folder, solution)
        tours.model.write_mps(mps)
        try:
            subprocess.run(command(mps, out, int(max(left(), 1))), stdout=subprocess.DEVNULL, check=False,
                           timeout=left() + 60)
        except subprocess.TimeoutExpired:
            return None, None
        if not os.path.exists(out):
            return None, None
        with open(out, encoding="ascii") as text:
            return parse(text, len(tours.model.cost)), None


def parse_glpk(text, n):
    values, found = [0.0] * n, False
    for line in text:
        word = line.split()
        if word and word[0] == "s":
            found = word[4] in ("o", "f")
        if word and word[0] == "j":
            values[int(word[1]) - 1] = float(word[2])
    return values if found else None


def parse_cbc(text, n):
    values, head = [0.0] * n, text.readline()
    if "nfeasible" in head or "no integer" in head.lower() or "objective value" not in head:
        return None
    for line in text:
        word = line.replace("**", " ").split()
        values[int(word[1][1:])] = float(word[2])
    return values


def solve_glpk(tours, left, _threads):
    need("glpsol")
    return run_program(tours, left, lambda mps, out, s: ["glpsol", "--freemps", mps, "--tmlim", str(s), "-w", out],
                       "glpk.sol", parse_glpk)


def solve_cbc(tours, left, threads):
    need("cbc")
    return run_program(tours, left,
                       lambda mps, out, s: ["cbc", mps, "timeMode", "elapsed", "sec", str(s), "threads", str(threads),
                                            "solve", "solu", out],
                       "cbc.sol", parse_cbc)


def solve_highs(tours, left, threads):
    try:
        import highspy
    except ImportError:
        print("SKIPPED: highspy is not installed", file=sys.stderr)
        sys.exit(3)
    with tempfile.TemporaryDirectory() as folder:
        mps = os.path.join(folder, "roster.mps")
        tours.model.write_mps(mps)
        solver = highspy.Highs()
        solver.silent()
        solver.readModel(mps)
        solver.setOptionValue("threads", threads)
        solver.setOptionValue("time_limit", max(left(), 1.0))
        solver.run()
        info = solver.getInfo()
        found = info.primal_solution_status == 2
        return list(solver.getSolution().col_value) if found else None, info.mip_dual_bound


def solve_cpsat(tours, left, threads):
    """Money in units of 1e-6, staff in thousandths: CP-SAT knows whole numbers only. Columns that are
    sums of whole columns are whole; what is given to queues and pieces is counted in thousandths."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        print("SKIPPED: ortools is not installed", file=sys.stderr)
        sys.exit(3)
    model, cp = tours.model, cp_model.CpModel()
    milli = set()  # columns counted in thousandths: all of a row that holds one with a fractional bound
    for c, hi in enumerate(model.hi):
        if hi != int(hi) or c >= tours.first_flow:
            milli.add(c)
    columns = [cp.new_int_var(int(model.lo[c]), int(model.hi[c] * (1000 if c in milli else 1)), f"x{c}")
               for c in range(len(model.cost))]
    for cols, coefs, lo, hi in model.rows:
        scale = 1000 if any(c in milli for c in cols) else 1
        terms = [columns[c] * int(v * (1 if c in milli else scale)) for c, v in zip(cols, coefs)]
        total = cp_model.LinearExpr.sum(terms)
        if lo == hi:
            cp.add(total == int(lo * scale))
            continue
        if lo is not None:
            cp.add(total >= int(lo * scale))
        if hi is not None:
            cp.add(total <= int(hi * scale))
    cp.minimize(cp_model.LinearExpr.weighted_sum(
        columns, [round(cost * (1e3 if c in milli else 1e6)) for c, cost in enumerate(model.cost)]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(left(), 1.0)
    solver.parameters.num_workers = threads
    status = solver.solve(cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    values = [solver.value(v) / (1000 if c in milli else 1) for c, v in enumerate(columns)]
    return values, solver.best_objective_bound * 1e-6


SOLVERS = {"glpk": solve_glpk, "cbc": solve_cbc, "highs": solve_highs, "cpsat": solve_cpsat}


def main():
    if len(sys.argv) != 6 or sys.argv[1] not in SOLVERS:
        print(__doc__, file=sys.stderr)
        return 2
    began, seconds = time.monotonic(), float(sys.argv[4])
    tours = Tours(Problem(sys.argv[2]))
    values, bound = SOLVERS[sys.argv[1]](tours, lambda: seconds - (time.monotonic() - began), int(sys.argv[5]))
    with open(sys.argv[3], "w", encoding="ascii") as out:
        if bound is not None:
            out.write(f"bound {bound + tours.model.constant!r}\n")
        out.write(f"columns {len(tours.model.cost)}\nrows {len(tours.model.rows)}\n")
        for line in tours.shifts(values) if values is not None else []:
            out.write(f"shift {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
