#!/usr/bin/env python3
"""More known answers, for what generate.py does not cover; the same conventions.

Usage: python3 generateMore.py SEED OUT.json      (needs python3-torch, Debian's package)
A topic is a function that yields cases; each has a seed of its own, so that a new topic changes no other's numbers.
"""
import json
import sys
import zlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def stored(v):
    """A value as JSON: tensors as {shape, data}, records field by field."""
    if isinstance(v, dict):
        return {k: stored(x) for k, x in v.items()}
    if not torch.is_tensor(v):
        return v
    v = v.detach()
    return v.item() if v.dim() == 0 else {"shape": list(v.shape), "data": v.reshape(-1).tolist()}


def leaf(t):
    return t.clone().requires_grad_(True)


def vjp(y, dy, leaves):
    """The gradients of <dy, y>."""
    return dict(zip(leaves, torch.autograd.grad((y * dy).sum(), list(leaves.values()))))


def convolutions(randn):
    """Groups, dilation, kernels that are not square, strides that do not divide, single rows, no bias."""
    both = {
        # (batch, in, out, size), kernel, stride, padding, dilation, groups, bias
        "conv2d/options": (F.conv2d, [
            ((2, 4, 6, (7, 9)), (3, 2), (1, 1), (0, 0), (1, 1), 2, True),
            ((1, 3, 3, (8, 5)), (2, 3), (2, 1), (1, 0), (1, 1), 3, True),
            ((3, 2, 4, (9, 10)), (3, 3), (1, 2), (2, 3), (2, 3), 1, False),
            ((2, 1, 2, (11, 4)), (5, 1), (3, 2), (1, 2), (2, 1), 1, True),
            ((1, 2, 3, (4, 4)), (4, 4), (1, 1), (0, 0), (1, 1), 1, True),
            ((2, 6, 2, (5, 6)), (1, 1), (2, 3), (0, 1), (1, 1), 2, False),
        ]),
        "conv1d/options": (F.conv1d, [
            ((2, 4, 4, (10,)), (3,), (2,), (1,), (2,), 2, True),
            ((1, 2, 3, (7,)), (7,), (1,), (0,), (1,), 1, False),
            ((3, 3, 6, (9,)), (2,), (3,), (2,), (1,), 3, True),
        ]),
    }
    for name, (f, cases) in both.items():
        for (b, i, o, size), kernel, stride, padding, dilation, groups, has_bias in cases:
            x, weight = leaf(randn(b, i, *size)), leaf(randn(o, i // groups, *kernel) * 0.3)
            leaves = {"x": x, "weight": weight, **({"bias": leaf(randn(o))} if has_bias else {})}
            y = f(x, weight, leaves.get("bias"), stride, padding, dilation, groups)
            dy = randn(*y.shape)
            yield name, dict(stride=list(stride), padding=list(padding), dilation=list(dilation), groups=groups,
                             **leaves, y=y, dy=dy, grads=vjp(y, dy, leaves))


def pools(randn):
    """Windows that overlap, leave gaps, leave a rest, and lie on padding; ties go to the first element."""
    settings = [
        # size, kernel, stride, padding
        ((7, 8), (3, 2), (2, 3), (1, 1)),
        ((6, 5), (2, 3), (1, 1), (0, 1)),
        ((9, 4), (4, 2), (5, 2), (2, 0)),
        ((3, 3), (3, 3), (3, 3), (0, 0)),
        ((10,), (3,), (2,), (1,)),
        ((5,), (2,), (3,), (0,)),
    ]
    for pool in ("max", "avg"):
        for size, kernel, stride, padding in settings:
            for ties in (False, True) if pool == "max" else (False,):
                x = randn(1 if len(size) == 2 else 3, 2, *size)
                x = leaf(torch.round(x) if ties else x)
                f = getattr(F, f"{pool}_pool{len(size)}d")
                y = f(x, kernel, stride, padding)
                dy = randn(*y.shape)
                yield f"pool/{pool}-pool{len(size)}d", dict(
                    kernel=list(kernel), stride=list(stride), padding=list(padding), x=x, y=y, dy=dy,
                    dx=vjp(y, dy, {"x": x})["x"])


def follow(optimizer, params, gradients, schedule=None):
    """The path of the parameters under given gradients."""
    path = []
    for row in gradients:
        for p, g in zip(params, row):
            p.grad = g.clone()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        path.append([p.detach().clone() for p in params])
    return [torch.stack(column) for column in zip(*path)]


def optimizers(randn):
    """Options that generate.py leaves at their defaults, rates that change, and groups of parameters."""
    lr = torch.optim.lr_scheduler
    settings = {
        "rmsprop-momentum": (lambda p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=1e-6, momentum=0.8), None),
        "adamw-betas": (lambda p: torch.optim.AdamW(p, 0.05, betas=(0.8, 0.95), eps=1e-6), None),
        "sgd-step-decay": (lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), lambda o: lr.StepLR(o, 3, gamma=0.5)),
        "adamw-exponential": (lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.2), lambda o: lr.ExponentialLR(o, 0.8)),
    }
    for name, (make, schedule) in settings.items():
        p = torch.nn.Parameter(randn(7))
        initial, gradients = p.detach().clone(), randn(8, 7)
        optimizer = make([p])
        path, = follow(optimizer, [p], [[g] for g in gradients], schedule and schedule(optimizer))
        yield f"optimizer/{name}", dict(initial=initial, gradients=gradients, path=path)
    mean, log_std, still = (torch.nn.Parameter(randn(*shape)) for shape in ((2, 3), (2, 3), (4,)))
    initial = {"mean": mean.detach().clone(), "logStd": log_std.detach().clone(), "still": still.detach().clone()}
    gradients = {"mean": randn(6, 2, 3), "logStd": randn(6, 2, 3), "still": randn(6, 4)}
    both = torch.optim.AdamW([{"params": [mean]}, {"params": [log_std], "lr": 0.01, "weight_decay": 0.0}], 0.1)
    paths = follow(both, [mean, log_std], zip(gradients["mean"], gradients["logStd"]))
    yield "optimizer/groups", dict(initial=initial, gradients=gradients, path=dict(zip(("mean", "logStd"), paths)))


def schedules(randn):
    """The rate of every step."""
    lr = torch.optim.lr_scheduler
    settings = {
        "cosine": lambda o: lr.CosineAnnealingLR(o, 12, eta_min=0.02),
        "step-decay": lambda o: lr.StepLR(o, 4),
        "exponential": lambda o: lr.ExponentialLR(o, 0.9),
        "warm-up": lambda o: lr.LinearLR(o, start_factor=0.25, total_iters=5),
        "warm-up-exponential": lambda o: lr.SequentialLR(
            o, [lr.LinearLR(o, start_factor=0.1, total_iters=4), lr.ExponentialLR(o, 0.7)], milestones=[4]),
    }
    for name, make in settings.items():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.3)
        schedule, rates = make(optimizer), []
        for _ in range(12):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        yield f"schedule/{name}", dict(rates=torch.tensor(rates))


def clipping(randn):
    """Gradients before and after clip_grad_norm_, which divides by the norm plus 1e-6."""
    for bound in (0.5, 3.0, 100.0):
        gradients = {"a": randn(2, 3), "b": randn(5)}
        leaves = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients.values()]
        for p, g in zip(leaves, gradients.values()):
            p.grad = g.clone()
        norm = torch.nn.utils.clip_grad_norm_(leaves, bound)
        yield "clipping/global-norm", dict(max=bound, gradients=gradients, norm=norm,
                                           clipped={k: p.grad for k, p in zip(gradients, leaves)})


def likelihoods(randn):
    """Student's t, class and row weights: -log p summed over rows, never divided by the weights."""
    def below(high, *shape):
        return torch.remainder(torch.floor(randn(*shape) * 1000), high)

    for df in (2.5, 4.0, 30.0):
        z, s, y = leaf(randn(6, 3)), leaf(randn(3) * 0.5), randn(6, 3) * 3
        n = -torch.distributions.StudentT(df, z, torch.exp(s)).log_prob(y).sum()
        grad, d_scale = torch.autograd.grad(n, (z, s))
        yield "likelihood/student-t", dict(output=z, target=y, df=df, logScale=s, nll=n, grad=grad, gradLogScale=d_scale)
    for scale in (1.0, 60.0):
        z, y, w = leaf(randn(8, 4) * scale), below(4, 8), torch.exp(randn(4))
        n = F.cross_entropy(z, y.to(torch.int64), weight=w, reduction="sum")
        yield "likelihood/categorical-class-weights", dict(
            output=z, labels=y, classWeights=w.tolist(), nll=n, grad=torch.autograd.grad(n, z)[0])
        z, y, w = leaf(randn(8, 2) * scale), below(2, 8, 2), 3.5
        n = F.binary_cross_entropy_with_logits(z, y, pos_weight=torch.tensor(w), reduction="sum")
        yield "likelihood/bernoulli-positive-weight", dict(
            output=z, target=y, positiveWeight=w, nll=n, grad=torch.autograd.grad(n, z)[0])
    z, y, w = leaf(randn(5, 2)), below(2, 5, 2), torch.exp(randn(5))
    n = F.binary_cross_entropy_with_logits(z, y, weight=w[:, None], reduction="sum")
    yield "likelihood/bernoulli-row-weights", dict(output=z, target=y, weights=w, nll=n, grad=torch.autograd.grad(n, z)[0])
    z, y, w = leaf(randn(5, 4)), randn(5, 2), torch.exp(randn(5))
    n = -(w[:, None] * torch.distributions.Normal(z[:, :2], torch.exp(z[:, 2:])).log_prob(y)).sum()
    yield "likelihood/heteroscedastic-row-weights", dict(
        output=z, target=y, weights=w, nll=n, grad=torch.autograd.grad(n, z)[0])


def composites(randn):
    """A network of shortcuts, of branches that are joined, of a dropout under a mask that is given, and flattened."""
    rate = 0.25
    for b in (1, 3):
        shapes = {"first": (2, 2, 3, 3), "wide": (3, 2, 3, 3), "flat": (2, 2, 1, 3), "main": (4, 7, 3, 3),
                  "past": (4, 7, 1, 1), "head": (3, 24)}
        weights = {name: {"weight": leaf(randn(*shape) * 0.3), "bias": leaf(randn(shape[0]))}
                   for name, shape in shapes.items()}
        x = leaf(randn(b, 2, 5, 4))
        kept = (randn(b, 7, 5, 4) > -0.67).double()

        def conv(name, h, **options):
            return F.conv2d(h, weights[name]["weight"], weights[name]["bias"], **options)

        h = x + torch.tanh(conv("first", x, padding=1))
        h = torch.cat([conv("wide", h, padding=1), conv("flat", h, padding=(0, 1)), h], dim=1)
        h = h * kept / (1 - rate)
        h = conv("main", h, stride=2, padding=1) + conv("past", h, stride=2)
        y = F.linear(torch.flatten(torch.tanh(h), 1), weights["head"]["weight"], weights["head"]["bias"])
        dy = randn(*y.shape)
        leaves = {(name, part): t for name, each in weights.items() for part, t in each.items()}
        grads = vjp(y, dy, {"x": x, **leaves})
        yield "composite/network", dict(
            x=x, params=weights, eps=kept / (1 - rate) - 1, rate=rate, y=y, dy=dy, dx=grads.pop("x"),
            grads={name: {part: grads[name, part] for part in each} for name, each in weights.items()})


TOPICS = [convolutions, pools, optimizers, schedules, clipping, likelihoods, composites]


def main():
    seed, path = int(sys.argv[1]), sys.argv[2]
    lines = []
    for topic in TOPICS:
        generator = torch.Generator().manual_seed(seed * 2**32 + zlib.crc32(topic.__name__.encode()))
        for name, fields in topic(lambda *shape: torch.randn(*shape, generator=generator)):
            lines.append(json.dumps({"name": name, **stored(fields)}))
    with open(path, "w") as out:
        source = json.dumps(f"PyTorch {torch.__version__} autograd, float64")
        # A case a line: a new topic adds lines and changes none.
        out.write(f'{{"source": {source}, "seed": {seed}, "cases": [\n' + ",\n".join(lines) + "\n]}\n")
    print(len(lines), "cases", path)


main()
