"""Everything that others need of an institution's keys, by name."""

from unmask.provenance.key_folder import KeyFile, KeyFolder, describe_keys, folder_as_json
from unmask.provenance.key_making import new_keys, renew_keys
from unmask.provenance.mark_keys import (
    ClipKey,
    MarkKeys,
    clip_number,
    mark_keys,
    open_mark_keys,
    read_clip_key,
    write_clip_key,
)
from unmask.provenance.signer import CallbackSigner, FileSigner, Signer, callback_signer, file_signer, open_signer

__all__ = [
    "CallbackSigner",
    "ClipKey",
    "FileSigner",
    "KeyFile",
    "KeyFolder",
    "MarkKeys",
    "Signer",
    "callback_signer",
    "clip_number",
    "describe_keys",
    "file_signer",
    "folder_as_json",
    "mark_keys",
    "new_keys",
    "open_mark_keys",
    "open_signer",
    "read_clip_key",
    "renew_keys",
    "write_clip_key",
]
