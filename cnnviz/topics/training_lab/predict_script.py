"""The script of a bundle that reads a file with the trained network; it needs PyTorch, and not this project."""

SCRIPT = '''"""What a trained network says of an image:  python predict.py picture.png

Needs torch, safetensors, numpy and pillow, and the files beside this one.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from network import Network
from PIL import Image
from safetensors.torch import load_file

HERE = Path(__file__).resolve().parent
SAID = json.loads((HERE / "preprocessing.json").read_text(encoding="utf-8"))


def prepared(image: Image.Image) -> torch.Tensor:
    """[1, C, H, W]: the shorter side resized, the centre kept, scaled to [0, 1], normalised, permuted if it was."""
    rows, columns = SAID["rows"], SAID["columns"]
    image = image.convert("RGB")
    if rows * image.width >= columns * image.height:  # the height decides
        size = max(columns, int(rows * image.width / image.height)), rows
    else:
        size = columns, max(rows, int(columns * image.height / image.width))
    image = image.resize(size, Image.Resampling[SAID["interpolation"].upper()])
    left, top = round((image.width - columns) / 2), round((image.height - rows) / 2)
    image = image.crop((left, top, left + columns, top + rows))
    if SAID["channels"] == 1:
        values = torch.from_numpy(np.array(image.convert("L"), dtype=np.float32) / 255)[None]
    else:
        values = torch.from_numpy(np.array(image, dtype=np.float32) / 255).permute(2, 0, 1)
    if SAID["permutation"] is not None:  # new pixel i is old pixel permutation[i]
        values = values.flatten(1)[:, SAID["permutation"]].reshape(values.shape)
    mean, std = (torch.tensor(SAID[name]).reshape(-1, 1, 1) for name in ("mean", "std"))
    return ((values - mean) / std)[None].contiguous()


def network() -> Network:
    """With its trained weights, in eval mode."""
    made = Network().eval()
    made.load_state_dict(load_file(HERE / "weights.safetensors"))
    return made


def main() -> None:
    """Prints the five likeliest classes."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with torch.no_grad():
        outputs = network()(prepared(Image.open(sys.argv[1])))[0]
    shares = torch.softmax(outputs, 0)
    for place in shares.argsort(descending=True)[:5].tolist():
        print(f"{SAID['classes'][place]}: {100 * shares[place]:.1f} %")


if __name__ == "__main__":
    main()
'''
