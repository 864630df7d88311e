#!/usr/bin/env python3
"""The peer that `npm run bench` times this library against: the same networks in PyTorch, as its users write them.

Reads requests from standard input and answers each with one line of JSON, so that both sides can take turns in one
run: {"do": "hello"}, {"do": "prepare", "configuration": ..., "mode": ..., "threads": ...}, then {"do": "step" or
"predict", "duration": n}, which gives the milliseconds of each of as many as fill n milliseconds, and {"do": "peak"}.
What a configuration is stands in configurations.ts.
"""
import json
import math
import os
import sys
import time

# Compilers and libraries may print; the answers have a stream of their own.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as missing:
    sys.stdin.readline()
    answers.write(json.dumps({"error": str(missing)}) + "\n")
    sys.exit(0)

# The optimizer of a mode is fused or not; the loss is compiled or not.
MODES = {"eager": (False, False), "fused": (True, False), "compiled": (False, True), "compiled+fused": (True, True)}

TRAINING_ROWS = 60_000
PREDICTED_ROWS = 1000
LEARNING_RATE = 1e-3
LEAST_CALLS = 3
INITIAL_LOG_STD = -4.0


class Normal(nn.Module):
    """A tensor of independent normal weights."""

    def __init__(self, mean):
        super().__init__()
        self.mean = nn.Parameter(mean)
        self.log_std = nn.Parameter(torch.full_like(mean, INITIAL_LOG_STD))

    def deviation(self):
        return torch.exp(self.log_std) * torch.randn_like(self.mean)

    def variance(self):
        return torch.exp(2 * self.log_std)

    def kl_to_standard_normal(self):
        return 0.5 * torch.sum(torch.exp(2 * self.log_std) + self.mean * self.mean - 1 - 2 * self.log_std)

    def sampled_kl_to_mixture(self, weight):
        """The entropy in closed form; the prior's density at the sampled weights."""
        entropy = torch.sum(self.log_std) + 0.5 * math.log(2 * math.pi * math.e) * self.log_std.numel()

        def log_normal(std):
            return -0.5 * (weight / std) ** 2 - math.log(std) - 0.5 * math.log(2 * math.pi)

        density = torch.logaddexp(log_normal(1.0), log_normal(math.exp(-6))) + math.log(0.5)
        return -entropy - torch.sum(density)


def random_signs(like):
    return torch.empty_like(like).uniform_(-1, 1).sign()


class BayesianMap(nn.Module):
    """A linear map or a convolution whose weight and bias are normals, under one of the three estimators."""

    def __init__(self, apply, shape, estimator, prior):
        super().__init__()
        fan_in = math.prod(shape[1:])
        self.weight = Normal(torch.randn(shape) * fan_in**-0.5)
        self.bias = Normal(torch.zeros(shape[0]))
        self.apply_map, self.estimator, self.prior = apply, estimator, prior
        self.sampled = None

    def forward(self, x):
        # Predictions are made with one draw of the weights for all rows.
        if self.estimator == "localReparameterization" and self.training:
            mean = self.apply_map(x, self.weight.mean, self.bias.mean)
            variance = self.apply_map(x * x, self.weight.variance(), self.bias.variance())
            return mean + torch.sqrt(variance) * torch.randn_like(mean)
        if self.estimator == "flipout" and self.training:
            mean = self.apply_map(x, self.weight.mean, self.bias.mean + self.bias.deviation())
            flipped = self.apply_map(x * random_signs(x), self.weight.deviation(), None)
            return mean + flipped * random_signs(flipped)
        weight = self.weight.mean + self.weight.deviation()
        bias = self.bias.mean + self.bias.deviation()
        if self.prior == "scale-mixture":
            self.sampled = (weight, bias)
        return self.apply_map(x, weight, bias)

    def kl(self):
        if self.prior == "scale-mixture":
            weight, bias = self.sampled
            return self.weight.sampled_kl_to_mixture(weight) + self.bias.sampled_kl_to_mixture(bias)
        return self.weight.kl_to_standard_normal() + self.bias.kl_to_standard_normal()


def convolve(stride):
    return lambda x, weight, bias: F.conv2d(x, weight, bias, stride)


class Network(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        estimator, prior = configuration["estimator"], configuration["prior"]
        maps = []
        for layer in configuration["layers"]:
            shape = [layer["out"], layer["in"]]
            if layer["kind"] == "convolution":
                apply, shape = convolve(layer["stride"]), shape + [layer["kernel"]] * 2
            else:
                apply = F.linear
            maps.append(BayesianMap(apply, shape, estimator, prior))
        self.maps = nn.ModuleList(maps)

    def forward(self, x):
        for i, layer in enumerate(self.maps):
            if i > 0:
                x = torch.relu(x)
            if x.dim() > layer.weight.mean.dim():
                x = x.flatten(1)
            x = layer(x)
        return x

    def kl(self):
        return sum(layer.kl() for layer in self.maps)


def calls(f, duration):
    """The milliseconds of each call, of as many as fill so many milliseconds."""
    taken = []
    now = time.perf_counter()
    end = now + duration / 1e3
    while now < end or len(taken) < LEAST_CALLS:
        f()
        after = time.perf_counter()
        taken.append(1e3 * (after - now))
        now = after
    return taken


def prepare(configuration, mode, threads):
    """The functions to be timed."""
    if mode not in MODES:
        raise ValueError(f"no mode {mode}")
    fused, compiled = MODES[mode]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = Network(configuration)
    optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE, **({"fused": True} if fused else {}))
    batch, shape, outputs = configuration["batch"], configuration["shape"], configuration["layers"][-1]["out"]
    regression = configuration["task"] == "regression"
    x = torch.randn(batch, *shape)
    y = torch.randn(batch, outputs) if regression else torch.randint(0, outputs, (batch,))
    rows = torch.randn(PREDICTED_ROWS, *shape)

    def loss(x, y):
        output = network(x)
        nll = F.mse_loss(output, y) if regression else F.cross_entropy(output, y)
        return nll + network.kl() / TRAINING_ROWS

    def draw(rows):
        return network(rows)

    if compiled:
        torch._dynamo.reset()
        loss, draw = torch.compile(loss), torch.compile(draw)

    def step():
        optimizer.zero_grad()
        loss(x, y).backward()
        optimizer.step()

    def predict():
        with torch.no_grad():
            draw(rows)

    # A layer is told once which of the two it does, as switching costs time.
    def with_training(training, f):
        def run(duration):
            network.train(training)
            return calls(f, duration)

        return run

    ready = {"step": with_training(True, step), "predict": with_training(False, predict)}
    for f in ready.values():
        f(0)
    return ready, sum(p.numel() for p in network.parameters())


def peak():
    """The most memory that this process had; what `resource` tells counts that of the process which started it in."""
    with open("/proc/self/status") as status:
        [kilobytes] = [line.split()[1] for line in status if line.startswith("VmHWM:")]
    return round(int(kilobytes) / 1024)


def main():
    ready = {}
    for line in sys.stdin:
        request = json.loads(line)
        do = request["do"]
        try:
            if do == "hello":
                answer = {"version": torch.__version__, "modes": list(MODES)}
            elif do == "prepare":
                ready, parameters = prepare(request["configuration"], request["mode"], request["threads"])
                answer = {"parameters": parameters}
            elif do == "peak":
                answer = {"megabytes": peak()}
            else:
                answer = {"milliseconds": ready[do](request["duration"])}
        except Exception as error:  # A mode that this PyTorch lacks is told, not fatal.
            answer = {"error": (str(error).strip().splitlines() or [type(error).__name__])[0]}
        answers.write(json.dumps(answer) + "\n")


main()
