"""The reference network trained by PyTorch on the CPU, as a peer of `npm run bench -- train`.

For each line of standard input, a number of milliseconds, it takes steps until the time is over and answers with
one line of JSON: pictures, CPU milliseconds. The batch is already in memory and is not augmented.
"""

import json
import sys
import time

import torch
from torch import nn

THREADS, BATCH, SIZE, CLASSES = int(sys.argv[1]), int(sys.argv[2]), 64, 10

torch.set_num_threads(THREADS)
torch.manual_seed(1)
layers = []
before = 3
for channels in (32, 64, 128, 128):
    layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(2)]
    before = channels
network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, CLASSES))
network = network.to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.05)
pixels = torch.rand(BATCH, 3, SIZE, SIZE).contiguous(memory_format=torch.channels_last)
labels = torch.randint(0, CLASSES, (BATCH,))
loss = nn.CrossEntropyLoss(label_smoothing=0.05)
print(json.dumps({"version": torch.__version__}), flush=True)

for line in sys.stdin:
    end = time.monotonic() + float(line) / 1000
    cpu = time.process_time()
    pictures = 0
    while time.monotonic() < end:
        optimizer.zero_grad(set_to_none=True)
        loss(network(pixels), labels).backward()
        optimizer.step()
        pictures += BATCH
    print(json.dumps({"pictures": pictures, "cpuMs": (time.process_time() - cpu) * 1000}), flush=True)
