"""benchbig: is a fine-tuned large pretrained model worth it on your task?"""

__version__ = "0.1.0"
