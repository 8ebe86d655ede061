"""The sweep: everything that is due gets a hint again, so that a lost message costs a second and nothing else."""

from governance.rulebook.services.golive import put_due_live
from sync.flow import disclosing, pulse, quality, rehearsing, tidying
from sync.flow.polling import due_systems
from sync.flow.store.lanes import due_shards
from sync.flow.wake import wake_shards, wake_system
from sync.oversight import counting


def sweep() -> tuple[int, int]:
    """Wake what is due; returns how many shards and systems that were. Safe to run anywhere, any number of times."""
    pulse.beat(pulse.SWEEP)
    pulse.beat(pulse.WORKER)
    pulse.beat_systems()
    tidying.tidy()
    shards, systems = due_shards(), due_systems()
    wake_shards(shards)
    for system in systems:
        wake_system(system)
    put_due_live()
    rehearsing.wake_due()
    disclosing.count_due()
    counting.count_due()
    quality.wake_due()
    return len(shards), len(systems)
