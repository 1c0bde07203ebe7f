"""A Flower app: low-rank adapters for a tiny transformer, with Hugging Face's PEFT."""
