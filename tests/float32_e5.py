"""multilingual-e5-small in float32 torch, the usual way: the oracle that the int8 model is held against."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertConfig, BertModel

from indexing import e5


def float32_e5(source: Path, *, max_tokens: int) -> SentenceTransformer:
    """The file's weights in transformers' own BERT, padded batches, mean pooling, unit length."""
    weights = e5.read(source)
    bert = _Bert(_model(weights), e5.Subwords.of(weights), max_tokens)
    modules = [bert, Pooling(e5.DIM, "mean"), Normalize()]
    return SentenceTransformer(modules=modules, prompts=e5.PROMPTS, device="cpu")


class _Bert(InputModule):
    def __init__(self, model: BertModel, subwords: e5.Subwords, max_tokens: int) -> None:
        super().__init__()
        self.model = model
        self.subwords = subwords
        self.max_tokens = max_tokens

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        rows = [
            torch.from_numpy(ids)
            for ids in self.subwords.ids([f"{prompt or ''}{text}" for text in inputs], limit=self.max_tokens)
        ]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=1)
        return {"input_ids": ids, "attention_mask": (ids != 1).long()}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        found = self.model(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
        return {**features, "token_embeddings": found.last_hidden_state}

    def get_embedding_dimension(self) -> int:
        return e5.DIM

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("an oracle is not saved")


_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def _model(weights: e5.Weights) -> BertModel:
    shape = weights.shape
    model = BertModel(
        BertConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.inner,
            max_position_embeddings=shape.positions,
            type_vocab_size=shape.types,
            layer_norm_eps=shape.epsilon,
        ),
        add_pooling_layer=False,
    )
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    for layer in range(shape.layers):
        for theirs, ours in _PARTS.items():
            for kind in ("weight", "bias"):
                names[f"encoder.layer.{layer}.{theirs}.{kind}"] = f"l{layer}.{ours}.{kind[0]}"
    parameters = dict(model.named_parameters())
    assert parameters.keys() == names.keys()
    with torch.no_grad():
        for theirs, parameter in parameters.items():
            name = names[theirs]
            held = weights.matrices[name].dense() if name in weights.matrices else weights.vectors[name]
            parameter.copy_(torch.from_numpy(held.copy()).reshape(parameter.shape))
    return model.eval()
