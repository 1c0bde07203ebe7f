"""A tiny BERT that learns whether a sequence holds more even than odd numbers.

The model is made here, with the same random weights everywhere, so nothing is downloaded. Only the
adapters and the classifier travel.
"""

from typing import Any

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from transformers import BertConfig, BertForSequenceClassification

LENGTH, WORDS, SEQUENCES = 16, 64, 256


def load_data(partition: int, partitions: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one partition: sequences and labels."""
    source = torch.Generator().manual_seed(1000 * partitions + partition)
    numbers = torch.randint(2, WORDS, (SEQUENCES, LENGTH), generator=source)
    return numbers, ((numbers % 2 == 0).sum(1) > LENGTH // 2).long()


def make_model() -> torch.nn.Module:
    """Make the model with its adapters."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=WORDS,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=LENGTH,
            num_labels=2,
        )
        base = BertForSequenceClassification(config)
        adapters = LoraConfig(task_type="SEQ_CLS", r=4, lora_alpha=8, lora_dropout=0.0)
        model: torch.nn.Module = get_peft_model(base, adapters)
        return model


def get_state(model: torch.nn.Module) -> dict[str, Any]:
    """Return the state that server and clients exchange: adapters and classifier."""
    state: dict[str, Any] = get_peft_model_state_dict(model)
    return state


def set_state(model: torch.nn.Module, state: dict[str, Any]) -> None:
    """Load a state that has been received."""
    set_peft_model_state_dict(model, state)


def train(model: torch.nn.Module, partition: int, partitions: int, epochs: int) -> int:
    """Train the adapters in place; returns the number of sequences."""
    numbers, labels = load_data(partition, partitions)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2)
    for _ in range(epochs):
        optimizer.zero_grad()
        model(input_ids=numbers, labels=labels).loss.backward()
        optimizer.step()
    return len(labels)


def evaluate(model: torch.nn.Module, partition: int, partitions: int) -> tuple[float, int]:
    """Return the accuracy on the partition, and its number of sequences."""
    numbers, labels = load_data(partition, partitions)
    with torch.no_grad():
        found = model(input_ids=numbers).logits.argmax(1)
    return float((found == labels).float().mean()), len(labels)
