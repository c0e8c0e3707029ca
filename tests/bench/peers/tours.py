"""One roster problem (a plan file) as the monolithic weekly shift model a user of a MIP solver would write.

Variables
    x[agent, slot]       0/1   the agent works the slot (day, start, length) of their contract
    z[agent, week, arc]  0/1   the arc of the dial in which the starts of the week lie (start consistency)
    n[group, slot]             agents of a group (contract, site, skills) on the slot: the sum of their x
    b[group, start, break, offset]
                         int   agents of the group with this break there (Aykin's implicit breaks). Breaks that
                               can collide follow each other: of two, never more of the later one have begun
                               than of the earlier one have ended, so everybody gets theirs afterwards
    f[set, queue, iv]          time of a skill set given to a queue
    y[queue, iv, piece]        demand staffed, up to the width of the piece
Rest between two days is written with running sums, so that the model stays sparse. Covers the rules which
`wfm-bench roster` generates; anything else in the plan file is refused.
"""
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 1440
KNOWN_RULES = {
    "id", "name", "templates", "week_minutes_min", "week_minutes_max", "week_days_min", "week_days_max",
    "consecutive_days_max", "rest_min_minutes", "consecutive_days_off_min", "week_nights_max", "night_from_min",
    "night_to_min", "night_shift_minutes", "weekends_max", "weekends_of", "start_spread_max_min", "rate",
    "currency", "night_premium", "holiday_premium"}


class Model:
    """Columns and rows of min c·x, lo <= row <= hi."""

    def __init__(self):
        self.lo, self.hi, self.cost, self.integer = [], [], [], []
        self.rows = []  # (columns, coefficients, lo, hi)
        self.constant = 0.0

    def column(self, lo, hi, cost=0.0, integer=False):
        self.lo.append(lo)
        self.hi.append(hi)
        self.cost.append(cost)
        self.integer.append(integer)
        return len(self.cost) - 1

    def row(self, terms, lo, hi):
        if terms:
            self.rows.append(([t[0] for t in terms], [t[1] for t in terms], lo, hi))

    def write_mps(self, path):
        by_column = [[] for _ in self.cost]
        for r, (cols, coefs, _, _) in enumerate(self.rows):
            for c, v in zip(cols, coefs):
                by_column[c].append((r, v))
        with open(path, "w", encoding="ascii") as out:
            out.write("NAME roster\nROWS\n N cost\n")
            ranges = []
            for r, (_, _, lo, hi) in enumerate(self.rows):
                kind = "E" if lo == hi else "L" if hi is not None else "G"
                if kind == "L" and lo is not None:
                    ranges.append((r, hi - lo))
                out.write(f" {kind} r{r}\n")
            out.write("COLUMNS\n")
            inside = False
            for c, cost in enumerate(self.cost):
                if self.integer[c] != inside:
                    inside = not inside
                    out.write(f" M{c} 'MARKER' '{'INTORG' if inside else 'INTEND'}'\n")
                out.write(f" x{c} cost {cost!r}\n")
                for r, v in by_column[c]:
                    out.write(f" x{c} r{r} {v!r}\n")
            if inside:
                out.write(" MEND 'MARKER' 'INTEND'\n")
            out.write("RHS\n")
            for r, (_, _, lo, hi) in enumerate(self.rows):
                value = hi if hi is not None else lo
                if value:
                    out.write(f" RHS r{r} {value!r}\n")
            if ranges:
                out.write("RANGES\n")
                for r, width in ranges:
                    out.write(f" RNG r{r} {width!r}\n")
            out.write("BOUNDS\n")
            for c in range(len(self.cost)):
                # cbc takes a bound without this space between for one of fixed columns
                out.write(f" LO BND       x{c:<9} {self.lo[c]!r}\n UP BND       x{c:<9} {self.hi[c]!r}\n")
            out.write("ENDATA\n")


class Slot:
    """A template, a start and a paid length."""

    def __init__(self, tmpl, day, iv, end_iv, paid, minute, week, night):
        self.tmpl, self.day, self.iv, self.end_iv, self.paid = tmpl, day, iv, end_iv, paid
        self.minute, self.week, self.night = minute, week, night


class Problem:
    def __init__(self, path):
        with open(path, encoding="utf-8") as text:
            plan = json.load(text)["problem"]
        self.plan, self.op = plan, plan["operation"]
        grid = plan["demand"]["grid"]
        self.start, self.step, self.n_iv = grid["start_ts"], grid["interval_s"] // 60, grid["n"]
        self.axis = self.n_iv + 2 * DAY // self.step
        self.refuse_unknown()
        self.rates = {c["code"]: c["rate"] for c in self.op["currencies"]}
        self.rates[self.op["currency"]] = 1.0
        groups = {}
        for a, agent in enumerate(self.op["agents"]):
            key = (agent["contract"], agent["site"], tuple(s["queue"] for s in agent["skills"]))
            groups.setdefault(key, []).append(a)
        self.groups = groups
        self.catalogues = {}

    def refuse_unknown(self):
        if self.plan["past"] or any(self.plan.get(k) for k in ("headcounts", "base")):
            raise SystemExit("tours.py: published past, headcounts and re-plans are not part of this model")
        for kind in ("time_off", "special_days", "preferences", "headcounts", "leads", "meetings"):
            if self.op.get(kind):
                raise SystemExit(f"tours.py: {kind} are not part of this model")
        for contract in self.op["contracts"]:
            for key, value in contract.items():
                plain = not value or value == 2147483647 or (key == "rule_price" and not any(value))
                if key not in KNOWN_RULES and not plain and not harmless(key, value):
                    raise SystemExit(f"tours.py: contract rule {key} = {value} is not part of this model")

    def local(self, site, iv):
        zone = ZoneInfo(self.op["sites"][site]["zone"])
        return datetime.fromtimestamp(self.start + iv * self.step * 60, zone)

    def catalogue(self, contract, site):
        """Slots the contract allows at the site, and its cumulated pay and night minutes by interval."""
        key = (contract, site)
        if key in self.catalogues:
            return self.catalogues[key]
        rules = self.op["contracts"][contract]
        per_minute = rules["rate"] * self.rates[rules["currency"]] / 60
        pay, night, clock = [0.0], [0], []
        for iv in range(self.axis):
            at = self.local(site, iv)
            minute = at.hour * 60 + at.minute
            clock.append((at.date(), minute))
            dark = sum(in_night(rules, (minute + m) % DAY) for m in range(self.step))
            night.append(night[-1] + dark)
            pay.append(pay[-1] + per_minute * (self.step + rules["night_premium"] * dark))
        slots, first = [], clock[0][0]
        week_iv = 7 * DAY // self.step
        for iv in range(self.n_iv):
            date, minute = clock[iv]
            for t in rules["templates"]:
                tmpl = self.op["templates"][t]
                begin = minute - tmpl["start_from_min"]
                if (not tmpl["weekdays"] >> date.weekday() & 1 or minute > tmpl["start_to_min"] or begin < 0 or
                        begin % max(tmpl["start_step_min"], 1)):
                    continue
                unpaid = sum(b["length_min"] for b in tmpl["breaks"] if not b["paid"])
                for paid in range(tmpl["paid_min_min"], tmpl["paid_max_min"] + 1, max(tmpl["paid_step_min"], 1)):
                    end = iv + (paid + unpaid) // self.step
                    dark = night[end] - night[iv] >= rules["night_shift_minutes"]
                    slots.append(Slot(t, (date - first).days, iv, end, paid, minute, iv // week_iv, dark))
        self.catalogues[key] = (slots, pay, first)
        return self.catalogues[key]


def harmless(key, value):
    """Fields that are no rule at the value the generator leaves them at."""
    return key in ("weekend_days", "limits", "successions", "rule_prices") and not value


def in_night(rules, minute):
    a, b = rules["night_from_min"], rules["night_to_min"]
    return a <= minute < b if b > a else minute >= a or minute < b


def break_order(tmpl):
    """The breaks of a template in time order; windows that collide must leave no other order."""
    order = sorted(range(len(tmpl["breaks"])), key=lambda b: tmpl["breaks"][b]["earliest_min"])
    for a, b in zip(order, order[1:]):
        one, two = tmpl["breaks"][a], tmpl["breaks"][b]
        if one["latest_min"] >= two["earliest_min"] + two["length_min"]:
            raise SystemExit(f"tours.py: template {tmpl['id']}: breaks {a} and {b} in any order are not modelled")
    return order


class Tours:
    """The model and where its variables are."""

    def __init__(self, problem):
        self.problem, self.model = problem, Model()
        self.x, self.breaks = {}, {}
        self.on = {}  # (set of queues, iv) -> terms of the staff there
        for key, agents in problem.groups.items():
            self.add_group(key, agents)
        self.add_demand()

    def add_group(self, key, agents):
        problem, model = self.problem, self.model
        contract, site, queues = key
        slots, pay, first = problem.catalogue(contract, site)
        for a in agents:
            self.add_agent(a, problem.op["contracts"][contract], slots, first)
        starts = {}
        for s, slot in enumerate(slots):
            n = model.column(0, len(agents), pay[slot.end_iv] - pay[slot.iv])
            model.row([(self.x[a, s], 1) for a in agents] + [(n, -1)], 0, 0)
            starts.setdefault((slot.iv, slot.tmpl), []).append(n)
            for iv in range(slot.iv, min(slot.end_iv, problem.n_iv)):
                self.on.setdefault((queues, iv), []).append((n, 1))
        for (iv, t), counts in starts.items():
            self.add_breaks(key, queues, iv, t, counts, pay, len(agents))

    def add_breaks(self, key, queues, start, t, counts, pay, most):
        problem, model, step = self.problem, self.model, self.problem.step
        tmpl = problem.op["templates"][t]
        before = None  # the break before: [(end, column), …]
        for b in break_order(tmpl):
            rule = tmpl["breaks"][b]
            n, placed = rule["length_min"] // step, []
            for at in range(-(-rule["earliest_min"] // step), rule["latest_min"] // step + 1):
                saved = 0.0 if rule["paid"] else pay[start + at + n] - pay[start + at]
                column = model.column(0, most, -saved, True)
                placed.append((at, column))
                for iv in range(start + at, min(start + at + n, problem.n_iv)):
                    self.on.setdefault((queues, iv), []).append((column, -1))
            model.row([(k, 1) for _, k in placed] + [(m, -1) for m in counts], 0, 0)
            for at, _ in placed:
                if before is not None and any(end > at for end, _ in before):
                    model.row([(k, 1) for begin, k in placed if begin <= at] +
                              [(k, -1) for end, k in before if end <= at], None, 0)
            before = [(at + n, column) for at, column in placed]
            self.breaks[key, start, t, b] = placed

    def add_agent(self, a, rules, slots, first):
        model = self.model
        days = max(s.day for s in slots) + 1
        weeks = self.problem.plan["n_weeks"]
        x = [model.column(0, 1, 0.0, True) for _ in slots]
        for s in range(len(slots)):
            self.x[a, s] = x[s]
        work = [model.column(0, 1) for _ in range(days)]
        for d in range(days):
            model.row([(x[s], 1) for s, slot in enumerate(slots) if slot.day == d] + [(work[d], -1)], 0, 0)
        for k in range(weeks):
            mine = [(x[s], slot) for s, slot in enumerate(slots) if slot.week == k]
            model.row([(v, 1) for v, _ in mine], rules["week_days_min"], rules["week_days_max"])
            model.row([(v, slot.paid) for v, slot in mine], rules["week_minutes_min"], rules["week_minutes_max"])
            model.row([(v, 1) for v, slot in mine if slot.night], None, rules["week_nights_max"])
            self.add_arcs(mine, rules["start_spread_max_min"])
        longest, least_off = rules["consecutive_days_max"], rules["consecutive_days_off_min"]
        for d in range(days - longest):
            model.row([(work[d + i], 1) for i in range(longest + 1)], None, longest)
        for off in range(1, least_off):
            for d in range(days - off - 1):
                model.row([(work[d], 1), (work[d + off + 1], 1)] + [(work[d + i], -1) for i in range(1, off + 1)],
                          None, 1)
        self.add_rest(x, slots, rules, days)
        self.add_weekends(work, rules, first, days)

    def add_arcs(self, mine, spread):
        if spread >= DAY:
            return
        minutes = sorted({slot.minute for _, slot in mine})
        arcs = {m: self.model.column(0, 1, 0.0, True) for m in minutes}
        self.model.row([(z, 1) for z in arcs.values()], 1, 1)
        at = {}
        for v, slot in mine:
            at.setdefault((slot.day, slot.minute), []).append((v, 1))
        for (_, minute), terms in at.items():
            self.model.row(terms + [(arcs[m], -1) for m in minutes if (minute - m) % DAY <= spread], None, 0)

    def add_rest(self, x, slots, rules, days):
        """Running sums: `begun` of the next day's starts up to a threshold, `bound` of the day's shifts whose
        rest reaches beyond it; not both."""
        model, step, rest = self.model, self.problem.step, rules["rest_min_minutes"]
        span = max(slot.end_iv - slot.iv for slot in slots) * step
        if rules["start_spread_max_min"] < DAY - span - rest:
            return  # the spread says it already
        for d in range(days - 1):
            starts = sorted({slot.iv for slot in slots if slot.day == d + 1})
            begun = bound = None
            today = sorted(((slot.end_iv + -(-rest // step), x[s]) for s, slot in enumerate(slots) if slot.day == d),
                           reverse=True)
            tomorrow = {}
            for s, slot in enumerate(slots):
                if slot.day == d + 1:
                    tomorrow.setdefault(slot.iv, []).append((x[s], 1))
            chain = {}
            for h in reversed(starts):
                terms = []
                while today and today[0][0] > h:
                    terms.append((today.pop(0)[1], 1))
                if not terms and bound is None:
                    continue
                column = model.column(0, 1)
                model.row(terms + ([(bound, 1)] if bound is not None else []) + [(column, -1)], 0, 0)
                bound = chain[h] = column
            for h in starts:
                if h not in chain:
                    break
                column = model.column(0, 1)
                model.row(tomorrow[h] + ([(begun, 1)] if begun is not None else []) + [(column, -1)], 0, 0)
                begun = column
                model.row([(chain[h], 1), (begun, 1)], None, 1)

    def add_weekends(self, work, rules, first, days):
        weekends = {}
        for d in range(days):
            date = first + timedelta(days=d)
            if date.weekday() >= 5:
                weekends.setdefault(date - timedelta(days=date.weekday()), []).append(work[d])
        spans = sorted(weekends)
        if len(spans) < rules["weekends_of"]:
            spans = [spans] if len(spans) > rules["weekends_max"] else []
        else:
            spans = [spans[i:i + rules["weekends_of"]] for i in range(len(spans) - rules["weekends_of"] + 1)]
        worked = {}
        for span in spans:
            for monday in span:
                if monday not in worked:
                    worked[monday] = self.model.column(0, 1)
                    for day in weekends[monday]:
                        self.model.row([(day, 1), (worked[monday], -1)], None, 0)
            self.model.row([(worked[monday], 1) for monday in span], None, rules["weekends_max"])

    def add_demand(self):
        problem, model, demand = self.problem, self.model, self.problem.plan["demand"]
        self.first_flow = len(model.cost)  # from here on columns are real-valued
        pieces = demand["n_pieces"]
        gives = {}
        for (queues, iv), terms in self.on.items():
            flows = []
            for q in queues:
                column = model.column(0, len(problem.op["agents"]))
                flows.append((column, 1))
                gives.setdefault((q, iv), []).append((column, -1))
            if flows:
                model.row(flows + [(c, -v) for c, v in terms], None, 0)
        for q in range(demand["n_queues"]):
            for iv in range(problem.n_iv):
                at = (q * problem.n_iv + iv) * pieces
                terms = []
                for k in range(at, at + pieces):
                    width, value = demand["width"][k], demand["value"][k]
                    if width > 0 and value > 0:
                        model.constant += width * value
                        terms.append((model.column(0, width, -value), 1))
                if terms:
                    model.row(terms + gives.get((q, iv), []), None, 0)

    def shifts(self, values):
        """Rows "agent tmpl start_ts end_ts offset_min…" (offsets by break rule) of a solution."""
        problem, lines = self.problem, []
        for key, agents in problem.groups.items():
            slots, _, _ = problem.catalogue(key[0], key[1])
            left = {}
            for a in agents:
                for s, slot in enumerate(slots):
                    if values[self.x[a, s]] < 0.5:
                        continue
                    offsets = self.next_breaks(key, slot, values, left)
                    start, end = (problem.start + iv * problem.step * 60 for iv in (slot.iv, slot.end_iv))
                    lines.append(" ".join(str(v) for v in [a, slot.tmpl, start, end] + offsets))
        return lines

    def next_breaks(self, key, slot, values, left):
        """Offsets by break rule: every break in order of time, the earliest left to the next agent."""
        tmpl = self.problem.op["templates"][slot.tmpl]
        offsets = [0] * len(tmpl["breaks"])
        for b in range(len(offsets)):
            at = (slot.iv, slot.tmpl, b)
            if at not in left:
                left[at] = [begin for begin, column in reversed(self.breaks[(key,) + at])
                            for _ in range(round(values[column]))]
            offsets[b] = left[at].pop() * self.problem.step
        return offsets
