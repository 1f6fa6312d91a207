import numpy as np
import torch

from tests.forgery.swap.toy import BLUE, RED, TOY, discs
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.preview import GAP, TITLE_HEIGHT, preview_sheet
from unmask.networks.autoencoder import SwapNetwork

CELL = 96 + GAP


def model() -> SwapModel:
    torch.manual_seed(1)
    return SwapModel(SwapNetwork(TOY.shape))


def test_the_faces_stand_under_their_titles_from_left_to_right() -> None:
    src, dst = discs(RED, 12), discs(BLUE, 12)
    sheet = preview_sheet(model(), src, dst, rows=3)
    assert sheet.shape == (TITLE_HEIGHT + 3 * CELL, GAP + 6 * CELL, 3)
    for column, faces in ((0, src), (2, dst)):
        shown = sheet[TITLE_HEIGHT + 2 * CELL :: 3, GAP + column * CELL :: 3][:32, :32]
        assert np.array_equal(shown, faces.images[np.argmax(faces.pose[:, 0])])
    assert sheet[:TITLE_HEIGHT, :CELL].min() < 120


def test_one_person_alone_has_three_columns() -> None:
    assert preview_sheet(model(), discs(RED, 12), None).shape[1] == GAP + 3 * CELL
