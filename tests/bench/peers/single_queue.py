"""usage: single_queue.py ENGINE RATE AHT PATIENCE AGENTS THRESHOLD CONTACTS SEED

One M/M/n+M queue in another simulation engine, as its users would write it: RATE contacts per second of AHT
seconds, patience PATIENCE seconds, AGENTS agents, from empty, until CONTACTS have arrived. ENGINE:
simpy      a process per contact that requests an agent or a timeout (SimPy's example "bank renege")
simpy-lean a process per agent that takes contacts out of a store and drops those gone: what is fastest there
ciw        nodes and reneging distributions
salabim    a component per contact, request with fail_delay
cimba      simpy-lean's model in the Python front end of the C engine Cimba, compiled; compiling is not counted

Prints the engine with its version, CPU seconds, contacts counted (all but the first WARM for each agent),
those in time and those that gave up. Exit status 3: the engine is not there.
"""
import random
import sys
import time

WARM = 10


def exponential(rng, mean):
    return rng.expovariate(1 / mean)


class Tally:
    """What became of the contacts, by their number."""

    def __init__(self, model):
        self.first, self.threshold = WARM * model["agents"], model["threshold"]
        self.counted = self.in_time = self.abandoned = 0

    def answered(self, number, wait):
        if number >= self.first:
            self.counted += 1
            self.in_time += wait <= self.threshold

    def left(self, number):
        if number >= self.first:
            self.counted += 1
            self.abandoned += 1

    def row(self):
        return self.counted, self.in_time, self.abandoned


def run_simpy(model):
    import simpy

    rng, tally = random.Random(model["seed"]), Tally(model)
    env = simpy.Environment()
    agents = simpy.Resource(env, model["agents"])

    def contact(number):
        arrived = env.now
        with agents.request() as request:
            answer = yield request | env.timeout(exponential(rng, model["patience"]))
            if request not in answer:
                tally.left(number)
                return
            tally.answered(number, env.now - arrived)
            yield env.timeout(exponential(rng, model["aht"]))

    def arrivals():
        for number in range(model["contacts"]):
            yield env.timeout(exponential(rng, 1 / model["rate"]))
            env.process(contact(number))

    env.process(arrivals())
    began = time.process_time()
    env.run()
    return f"SimPy {simpy.__version__}", time.process_time() - began, tally.row()


def run_simpy_lean(model):
    import simpy

    rng, tally = random.Random(model["seed"]), Tally(model)
    env = simpy.Environment()
    line = simpy.Store(env)

    def agent():
        while True:
            number, arrived, patience = yield line.get()
            wait = env.now - arrived
            if wait > patience:
                tally.left(number)
                continue
            tally.answered(number, wait)
            yield env.timeout(exponential(rng, model["aht"]))

    def arrivals():
        for number in range(model["contacts"]):
            yield env.timeout(exponential(rng, 1 / model["rate"]))
            line.put((number, env.now, exponential(rng, model["patience"])))

    for _ in range(model["agents"]):
        env.process(agent())
    env.process(arrivals())
    began = time.process_time()
    env.run()
    return f"SimPy {simpy.__version__} lean", time.process_time() - began, tally.row()


def run_ciw(model):
    import ciw

    ciw.seed(model["seed"])
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(model["rate"])],
        service_distributions=[ciw.dists.Exponential(1 / model["aht"])],
        reneging_time_distributions=[ciw.dists.Exponential(1 / model["patience"])],
        number_of_servers=[model["agents"]])
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_customers(model["contacts"], method="Arrive")
    cpu, tally = time.process_time() - began, Tally(model)
    for record in simulation.get_all_records():
        if record.record_type == "renege":
            tally.left(record.id_number)
        elif record.record_type == "service":
            tally.answered(record.id_number, record.waiting_time)
    return f"Ciw {ciw.__version__}", cpu, tally.row()


def run_salabim(model):
    import salabim

    salabim.yieldless(False)
    rng, tally = random.Random(model["seed"]), Tally(model)
    env = salabim.Environment(trace=False)
    agents = salabim.Resource(capacity=model["agents"], monitor=False)
    for queue in (agents.requesters(), agents.claimers()):
        queue.length.monitor(False)
        queue.length_of_stay.monitor(False)

    class Contact(salabim.Component):
        def setup(self, number):
            self.number = number

        def process(self):
            arrived = env.now()
            yield self.request(agents, fail_delay=exponential(rng, model["patience"]))
            if self.failed():
                tally.left(self.number)
                return
            tally.answered(self.number, env.now() - arrived)
            yield self.hold(exponential(rng, model["aht"]))
            self.release()

    class Arrivals(salabim.Component):
        def process(self):
            for number in range(model["contacts"]):
                yield self.hold(exponential(rng, 1 / model["rate"]))
                Contact(number=number)

    Arrivals()
    began = time.process_time()
    env.run()
    return f"salabim {salabim.__version__}", time.process_time() - began, tally.row()


def run_cimba(model):
    import cimba as cb
    from cimba import inputs

    class Centre(cb.Model):
        gap: cb.Input[float] = inputs.dist.exponential(mean=1 / model["rate"])
        work: cb.Input[float] = inputs.dist.exponential(mean=model["aht"])
        patience: cb.Input[float] = inputs.dist.exponential(mean=model["patience"])
        line: cb.Store[float]
        contacts: cb.Param[int] = 0
        first: cb.Param[float] = 0.0
        threshold: cb.Param[float] = 0.0
        counted: cb.Output[float] = 0.0
        in_time: cb.Output[float] = 0.0
        abandoned: cb.Output[float] = 0.0

        @cb.process
        def arrivals(self):
            for _ in range(self.contacts):
                cb.hold(self.gap.next())
                self.line.put(cb.now())

        @cb.process(copies=model["agents"])
        def agent(self):
            while True:
                arrived = self.line.get()
                wait = cb.now() - arrived
                gone = wait > self.patience.next()
                if arrived >= self.first:
                    self.counted += 1
                    if gone:
                        self.abandoned += 1
                    elif wait <= self.threshold:
                        self.in_time += 1
                if not gone:
                    cb.hold(self.work.next())

    centre = Centre()
    centre.threshold = model["threshold"]
    centre.first = WARM * model["agents"] / model["rate"]

    def run(contacts):
        centre.contacts = contacts
        window = cb.Window(warmup=0, duration=2 * contacts / model["rate"] + 100 * model["aht"])
        return cb.Experiment(centre, replications=1, window=window, seed=model["seed"]).run(workers=1)

    run(10)
    began = time.process_time()
    results = run(model["contacts"])[centre]
    cpu = time.process_time() - began
    row = tuple(int(getattr(results, name).values[0, 0]) for name in ("counted", "in_time", "abandoned"))
    return f"Cimba {cb.engine_version()} (Python {cb.__version__})", cpu, row


ENGINES = {"simpy": run_simpy, "simpy-lean": run_simpy_lean, "ciw": run_ciw, "salabim": run_salabim,
           "cimba": run_cimba}


def main():
    if len(sys.argv) != 9 or sys.argv[1] not in ENGINES:
        print(__doc__, file=sys.stderr)
        return 2
    names = "rate aht patience agents threshold contacts seed".split()
    model = dict(zip(names, map(float, sys.argv[2:])))
    for name in ("agents", "contacts", "seed"):
        model[name] = int(model[name])
    try:
        name, cpu, counts = ENGINES[sys.argv[1]](model)
    except ImportError as error:
        print(f"SKIPPED: {sys.argv[1]}: {error}", file=sys.stderr)
        return 3
    print(name, f"{cpu:.4f}", *counts, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
