// Pure functions: no Effect, no global state; the same inputs give the same bits.
import { BayesianLinear, Key, Tensor } from "effect-bayes"

const layer = BayesianLinear.make({ in: 3, out: 2 }) // prior N(0, 1)
const params = layer.init(Key.make(0))
const x = Tensor.from([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
  [0, 0, 0]
])
const eps = layer.noise(Key.make(1), 4)

const { y, pullback } = layer.vjp(params, x, eps)
const { dParams } = pullback(y) // the gradient of |y|^2 / 2
console.log("output", y.shape)
console.log("KL to the prior", layer.kl(params).toFixed(3), "nats")
console.log("gradient by the bias' means", Tensor.toArray(dParams.bias.mean))
