"""Fine-tune a pretrained language model on your own labelled text in seven steps."""
