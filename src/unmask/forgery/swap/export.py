"""A trained swap as one ONNX file with the tensor names of DeepFaceLive's models (DFM), for those who agreed to it.

The file takes a face as BGR, 0–1, and gives the mask of that face as dst, the face as src, and its mask. Whose faces it
rests on, under which consents and until when, stands in its metadata.

Reference:
    Perov et al., DeepFaceLab, arXiv:2005.05535, 2020; its ``ExportDFM``.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from unmask.errors import InputError, MissingComponent, UsageError
from unmask.forgery.consent import Consent, read_consent, require_consent
from unmask.forgery.lab import Lab
from unmask.forgery.permission import puppets
from unmask.forgery.swap.checkpoint import Checkpoint
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.model import network_with
from unmask.forgery.swap.swapping import method_of, open_model
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.export import MOST_APART, apart, write_graph
from unmask.version import __version__

INPUT = "in_face:0"
OUTPUTS = ("out_face_mask:0", "out_celeb_face:0", "out_celeb_face_mask:0")
ENDINGS = (".dfm", ".onnx")
ACCEPTABLE_USE = (
    "For the uses that the people named here agreed to, until the day named here, and for no other: outputs must be "
    "labelled as forged, and this file deleted when a consent ends or is taken back."
)

Face = Float[Tensor, "1 side side 3"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A model that was written.

    Attributes:
        path: Where it lies.
        side: Of its faces, pixels.
        facts: Its metadata.
        apart: Largest difference between what ONNX Runtime and torch draw, of 1.
    """

    path: Path
    side: int
    facts: Mapping[str, str]
    apart: float


def export_model(lab: Lab, name: str, destination: Path, *, force: bool = False) -> Exported:
    """Write a model of the lab as one file.

    Args:
        lab: The lab.
        name: Of the model.
        destination: Where to; ends with .dfm or .onnx.
        force: Whether a file that lies there may be replaced.

    Raises:
        UsageError: There is no such model, someone has not agreed to its export, or the place is not fit.
        InputError: The file does not draw what the model draws.
        OutputError: It cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    checkpoint, descent = open_model(lab, name)
    consents = may_export(lab, descent)
    _require_place(lab, descent, destination, force=force)
    network = network_with(checkpoint.shape, checkpoint.weights)
    facts = facts_of(checkpoint, descent, consents)
    apart = write_onnx(network, destination, facts)
    return Exported(destination, checkpoint.shape.resolution, facts, apart)


def may_export(lab: Lab, descent: Descent) -> tuple[Consent, ...]:
    """The consents that a model rests on, if all cover its export; a puppet of this lab's need not be asked.

    Raises:
        UsageError: One does not, or there is none.
    """
    drawn = puppets(lab)
    consents = tuple(read_consent(lab, identifier) for identifier in descent.consents)
    if not consents:
        raise UsageError(
            f"Nobody has agreed to an export of the model of {shown(Path(descent.src))}; prepare the faces with a consent whose scope names export."
        )
    for consent in consents:
        of_puppet = consent.basis == "puppet" and consent.evidence.sha256 in drawn
        require_consent(consent, "train" if of_puppet else "export")
    return consents


def facts_of(checkpoint: Checkpoint, descent: Descent, consents: Sequence[Consent]) -> dict[str, str]:
    """What stands in the file's metadata; plain words and numbers."""
    card = (
        f"A face swap of the unmask lab, {method_of(checkpoint)}: draws {descent.src} with the expression, turn and light of "
        f"{descent.dst}. Faces are cut out upright, of the type '{descent.face_type}', BGR, 0–1. Known to fail on turns, "
        "mouths and light that its faces do not show, and on anyone else's face."
    )
    return {
        "producer": f"unmask {__version__}",
        "consents": ",".join(consent.id for consent in consents),
        "subjects": ", ".join(dict.fromkeys(consent.subject for consent in consents)),
        "consents_expire": min(consent.expires for consent in consents).isoformat(),
        "licence": ACCEPTABLE_USE,
        "src": descent.src,
        "dst": descent.dst,
        "preset": checkpoint.preset,
        "arch": checkpoint.shape.arch,
        "face_type": descent.face_type,
        "iteration": str(checkpoint.iteration),
        "card": card,
    }


def write_onnx(network: SwapNetwork, destination: Path, facts: Mapping[str, str]) -> float:
    """Write a network, and see that ONNX Runtime draws with it what torch does.

    Args:
        network: With its weights, on the processor.
        destination: Where to.
        facts: Metadata, kept in the file.

    Returns:
        The largest difference between both, of 1.

    Raises:
        InputError: It is larger than ``MOST_APART``; nothing was written.
        OutputError: The file cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    onnx = _onnx()
    wrapped = _Dfm(network).eval()
    side = network.shape.resolution
    sample = torch.from_numpy(np.random.default_rng(1).random((1, side, side, 3), np.float32))
    with written_aside(destination) as aside:
        write_graph(wrapped, {INPUT: sample}, OUTPUTS, aside)
        proto = onnx.load(str(aside))
        onnx.helper.set_model_props(proto, dict(facts))
        onnx.checker.check_model(proto)
        onnx.save(proto, str(aside))
        far = apart(wrapped, {INPUT: sample}, aside)
        if not far <= MOST_APART:
            raise InputError(
                f"The exported file draws faces {far:.2g} away from the model's, up to {MOST_APART:g} is the same; train on, or report this."
            )
    return far


class _Dfm(nn.Module):
    """The swap with the names, the order and the layout of a DFM: BGR and channels last."""

    def __init__(self, network: SwapNetwork) -> None:
        super().__init__()
        self._network = network

    def forward(self, face: Face) -> tuple[Tensor, Tensor, Tensor]:
        """Mask as dst, face as src, mask as src."""
        pictures = face.flip(3).permute(0, 3, 1, 2)
        _, own_mask = self._network(pictures, "dst")
        drawn, mask = self._network(pictures, "src")
        return own_mask.permute(0, 2, 3, 1), drawn.permute(0, 2, 3, 1).flip(3), mask.permute(0, 2, 3, 1)


def _require_place(lab: Lab, descent: Descent, destination: Path, *, force: bool) -> None:
    if destination.suffix.lower() not in ENDINGS:
        raise UsageError(f"{shown(destination)} must end with {' or '.join(ENDINGS)}.")
    if descent.keep_inside and not destination.resolve().is_relative_to(lab.folder.resolve()):
        raise UsageError(
            f"{shown(destination)} lies outside the lab, and the licence of the faces keeps their models there; name a file in {shown(lab.folder)}."
        )
    if os.path.isdir(destination):
        raise UsageError(f"{shown(destination)} is a folder; name a file in it.")
    if os.path.lexists(destination) and not force:
        raise UsageError(f"{shown(destination)} is there already; name another, or replace it with --force.")


def _onnx() -> Any:
    try:
        import onnx  # noqa: PLC0415 # an extra, and slow to load
        import onnx.checker  # noqa: PLC0415
        import onnx.helper  # noqa: PLC0415
    except ImportError as error:
        raise MissingComponent(_missing()) from error
    return onnx


def _missing() -> str:
    return "Exporting a model needs onnx; install it with: pip install 'unmask[lab]'."
