"""The encoder that face swaps may begin from: what faces have in common, learned from many people.

Run ``python -m unmask.training.swap_encoder LAB ITERATIONS OUT.safetensors FOLDER…`` on folders of films and portraits.
The lab is made when it is not there, and keeps stores and checkpoints, so that a run that was cut off goes on. Only
encoder and bottleneck are written, as half-precision numbers; the decoder, which draws faces, stays in the lab.
"""

import sys
from dataclasses import replace
from pathlib import Path

from unmask.forgery.lab import Sealer, open_lab, open_sealer
from unmask.forgery.swap.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from unmask.forgery.swap.gathering import Taking
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.prepare import Preparing, prepare
from unmask.forgery.swap.store import INDEX
from unmask.forgery.swap.swapping import pretrain_encoder
from unmask.forgery.swap.training import Progress
from unmask.settings import Settings

NAME = "encoder"
RATE_HZ = 5.0
"""Faces a second of film."""
BATCH = 16
TOLD_EVERY = 500


def stores_of(sealer: Sealer, folders: list[Path], settings: Settings) -> list[str]:
    """Names of the stores of all people in each folder; one that is there already is kept.

    Raises:
        UsageError: A folder shows nobody.
    """
    names = [f"{number}-{folder.name}" for number, folder in enumerate(folders, 1)]
    for name, folder in zip(names, folders, strict=True):
        place = sealer.lab.faces / name
        if not (place / INDEX).is_file():
            files = tuple(sorted(path for path in folder.iterdir() if path.is_file()))
            wanted = Preparing(files, place, name, everyone=True, taking=Taking(rate_hz=RATE_HZ))
            _say(f"{name}: {len(prepare(sealer.lab, wanted, settings).store.faces)} faces")
    return names


def encoder_only(checkpoint: Checkpoint) -> Checkpoint:
    """What a swap begins from: encoder and bottleneck in half precision, and nothing that draws a face."""
    weights = {name: tensor.half() for name, tensor in checkpoint.weights.items() if not name.startswith("decoder")}
    return replace(checkpoint, weights=weights, optimiser={}, tail=(), facts={}, match={})


def told(progress: Progress) -> None:
    """A line now and then."""
    if progress.iteration % TOLD_EVERY == 0:
        _say(f"{progress.iteration}: {progress.src_loss:.4f}, {progress.eta_seconds / 60:.0f} min left")


def main(lab: Path, iterations: int, out: Path, folders: list[Path]) -> None:
    """Gather, train and write.

    Raises:
        UnmaskError: Something cannot be read or written.
    """
    sealer, settings = open_sealer(open_lab(lab)), Settings()
    plan = TrainingPlan(batch=BATCH, until_iterations=iterations, preview_every=5000, threads=1)
    trained = pretrain_encoder(sealer, stores_of(sealer, folders, settings), NAME, plan, settings, on_progress=told)
    write_checkpoint(out, encoder_only(read_checkpoint(trained.checkpoint)))
    _say(f"loss {trained.src_loss:.4f}, held out {trained.src_held_out:.4f}, {trained.iteration} iterations")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), [Path(name) for name in sys.argv[4:]])
