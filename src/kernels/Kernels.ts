/**
 * What an engine computes: the vocabulary between the layers' mathematics and the machine.
 *
 * Everything above this folder asks for its numbers here and knows nothing of storage. An engine is one value of
 * `Kernels`; `kernels(dtype)` in `index.ts` chooses it. Every function is pure: it allocates what it returns. Shapes
 * are checked by each kernel; a misfit is a `ShapeError`. Sums over many elements are in float64.
 *
 * @since 0.1.0
 */
import type { Key } from "../core/Key.ts"
import type { Shape, TensorSpec } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import type { Window } from "./Window.ts"

/** Parameters of independent normals. Each is the shape of the variable, or `[]`: one scalar for all of it. */
export interface NormalParams {
  readonly mean: Tensor
  readonly logStd: Tensor
}

/** Gradients by the parameters of a normal. */
export interface NormalGrad {
  readonly mean: Tensor
  readonly logStd: Tensor
}

/** The elementwise functions that have a kernel, as plain data. */
export type Elementwise =
  | { readonly kind: "relu" | "tanh" | "gelu" | "silu" | "sigmoid" | "softplus" }
  | { readonly kind: "leaky-relu"; readonly slope: number }
  | { readonly kind: "elu"; readonly alpha: number }

/** A convolution's window; output channels of one of `groups` equal groups see the input channels of that group alone. */
export interface Convolution extends Window {
  readonly groups: number
}

/** What a pooling takes of each window. */
export type Pool = "max" | "average"

/** weight N(0, std1^2) + (1 - weight) N(0, std2^2) */
export interface ScaleMixture {
  readonly kind: "scale-mixture"
  readonly weight: number
  readonly std1: number
  readonly std2: number
}

/** exp(-|x - mean| / scale) / (2 scale) */
export interface Laplace {
  readonly kind: "laplace"
  readonly mean: number
  readonly scale: number
}

/** mean + scale t, where t has Student's distribution with df degrees of freedom */
export interface StudentT {
  readonly kind: "student-t"
  readonly df: number
  readonly mean: number
  readonly scale: number
}

/** The densities of a number that have a kernel, beside the normal's, as plain data. */
export type Density = ScaleMixture | Laplace | StudentT

/**
 * The densities of one target given one output that have a kernel, with their constants. A logScale is [T], one for each
 * target, or [B, T]. Where rows have weights, each counts that many times, and one of weight 0 as if it were not there.
 */
export type TargetDensity =
  /** N(output, exp(logScale)^2). */
  | { readonly kind: "gaussian"; readonly logScale: Tensor }
  /** output + exp(logScale) t, with t of Student's distribution. */
  | { readonly kind: "student-t"; readonly logScale: Tensor; readonly df: number }
  /** 0 or 1, the output being the logit of 1; a 1 counts positiveWeight times. */
  | { readonly kind: "bernoulli"; readonly positiveWeight: number }
  /** 0, 1, 2, ..., the output being the logarithm of their mean. */
  | { readonly kind: "poisson" }

/** The constants of one Adam step; the corrections are 1 - beta^t. */
export interface AdamConstants {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly correction1: number
  readonly correction2: number
}

/** The constants of an RMSprop step. */
export interface RmspropConstants {
  readonly decay: number
  readonly epsilon: number
}

/** @category models @since 0.1.0 */
export interface Kernels {
  readonly name: string
  /** The version of what it computes to the last bit: another one where any result may differ in any bit. */
  readonly bits: number
  /** About how many multiplications and additions it does in a millisecond: for those who must not work too long at a time. */
  readonly operationsPerMs: number
  /** What a training step costs beside its arithmetic, in the same unit. */
  readonly operationsOfStep: number

  /** Standard normals under a key: element i depends on the key and i alone. */
  standardNormal(key: Key, spec: TensorSpec): Tensor
  /** Uniform numbers in [low, high) under a key. */
  uniform(key: Key, spec: TensorSpec, low: number, high: number): Tensor
  /** +1 or -1, each with probability 1/2, under a key. */
  signs(key: Key, spec: TensorSpec): Tensor

  /** y = x W^T + b. x [..., I], weight [O, I], bias [O] -> y [..., O]. */
  affine(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor
  /** dW = dy^T x [O, I]. */
  affineWeightGrad(x: Tensor, dy: Tensor): Tensor
  /** db = column sums of dy [O]. */
  affineBiasGrad(dy: Tensor): Tensor
  /** dx = dy W [..., I]. */
  affineInputGrad(dy: Tensor, weight: Tensor): Tensor

  /**
   * The cross-correlation of x [B, C, H, W] with weight [O, C / groups, kh, kw], plus bias [O] -> y [B, O, H', W'].
   */
  conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, geometry: Convolution): Tensor
  /** dW [O, C / groups, kh, kw]. */
  conv2dWeightGrad(x: Tensor, dy: Tensor, geometry: Convolution): Tensor
  /** db = sums of dy over rows and places [O]. */
  conv2dBiasGrad(dy: Tensor): Tensor
  /** dx, of x's shape `inShape`. */
  conv2dInputGrad(dy: Tensor, weight: Tensor, inShape: Shape, geometry: Convolution): Tensor
  /** The largest element, or the mean, of each window: x [B, C, H, W] -> y [B, C, H', W']; padding is -infinity, or 0. */
  pool2d(pool: Pool, x: Tensor, window: Window): Tensor
  /** Its pullback: dy to the first of the largest elements of its window, or to all in equal parts. */
  pool2dVjp(pool: Pool, x: Tensor, dy: Tensor, window: Window): Tensor

  /** -1 with probability `rate`, else rate / (1 - rate): element i depends on the key and i alone. */
  dropoutNoise(key: Key, spec: TensorSpec, rate: number): Tensor
  /** x (1 + eps): x [B, ...], eps [B, ...], or [1, ...] for all rows. It is its own pullback, of dy. */
  dropout(x: Tensor, eps: Tensor): Tensor

  /** w = mean + exp(logStd) eps. */
  normalSample(q: NormalParams, eps: Tensor): Tensor
  /** The pullback of `normalSample`: { mean: dw, logStd: dw exp(logStd) eps }. */
  normalSampleVjp(q: NormalParams, eps: Tensor, dw: Tensor): NormalGrad
  /** exp(logStd)^2, elementwise. */
  normalVariance(logStd: Tensor): Tensor
  /** The pullback of `normalVariance`: 2 dv exp(logStd)^2. */
  normalVarianceVjp(logStd: Tensor, dv: Tensor): Tensor
  /** log N(x; p), elementwise, nats. */
  normalLogProb(p: NormalParams, x: Tensor): Tensor
  /** The elementwise derivatives of `normalLogProb`. */
  normalLogProbGrad(p: NormalParams, x: Tensor): NormalGrad & { readonly x: Tensor }
  /** KL(q || p) in nats, summed over elements. */
  normalKl(q: NormalParams, p: NormalParams): number
  /** The derivatives of `normalKl` by q's parameters, elementwise. */
  normalKlGrad(q: NormalParams, p: NormalParams): NormalGrad
  /** The derivatives of `normalKl` by p's parameters, in their shapes: summed where one is a scalar. */
  normalKlGradPrior(q: NormalParams, p: NormalParams): NormalGrad

  /** log p(x) in nats, summed over elements. */
  logDensity(p: Density, x: Tensor): number
  /** Its derivative by x, elementwise. */
  logDensityGrad(p: Density, x: Tensor): Tensor
  /** KL(q || p) of a normal from a Laplace distribution in nats, summed over elements. */
  laplaceKl(q: NormalParams, p: Laplace): number
  /** The derivatives of `laplaceKl` by q's parameters, elementwise. */
  laplaceKlGrad(q: NormalParams, p: Laplace): NormalGrad

  /** The output of a linear map, drawn from its moments: y = mean + sqrt(variance) eps, elementwise. */
  momentsSample(mean: Tensor, variance: Tensor, eps: Tensor): Tensor
  /** Its gradient by the variance: dy eps / (2 sqrt(variance)), and 0 where the variance is 0. */
  momentsSampleVjp(variance: Tensor, eps: Tensor, dy: Tensor): Tensor
  /** Each row's channels times numbers of their own. x [B, ..., C] (axis "last") or [B, C, ...] ("first"), by [B, C]. */
  scaleChannels(x: Tensor, by: Tensor, axis: "first" | "last"): Tensor

  /** f(x), elementwise. */
  elementwise(f: Elementwise, x: Tensor): Tensor
  /** dy f'(x), given x and y = f(x); at a kink f' is the derivative from the left. */
  elementwiseVjp(f: Elementwise, x: Tensor, y: Tensor, dy: Tensor): Tensor

  /** -log p(target | output) in nats, summed over targets and rows. output, target [B, T], weights [B]. */
  targetNll(density: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor): number
  /** Its derivatives by the output [B, T] and, where the density has one, by logScale, in its shape. */
  targetNllGrad(
    density: TargetDensity,
    output: Tensor,
    target: Tensor,
    weights?: Tensor
  ): { readonly output: Tensor; readonly logScale?: Tensor }
  /**
   * -log softmax(logits)[label] in nats, summed over rows. logits [B, C], labels [B, 1], weights [B]; each row counts as
   * often as its weight times that of its class says.
   */
  categoricalNll(logits: Tensor, labels: Tensor, weights?: Tensor, classWeights?: ReadonlyArray<number>): number
  /** Its derivative by the logits: softmax(logits) - onehot(label), as often. */
  categoricalNllGrad(logits: Tensor, labels: Tensor, weights?: Tensor, classWeights?: ReadonlyArray<number>): Tensor
  /** The probabilities of the classes, each row summing to 1. logits [B, C] -> float64 [B, C]. */
  softmax(logits: Tensor): Tensor

  /** a x + y. */
  axpy(a: number, x: Tensor, y: Tensor): Tensor
  /** a x. */
  scale(a: number, x: Tensor): Tensor
  /** x y, elementwise. */
  multiply(x: Tensor, y: Tensor): Tensor
  /** The sum of all elements. */
  sum(x: Tensor): number
  /** The sum of x y over all elements. */
  dot(x: Tensor, y: Tensor): number
  /** Whether no element is NaN or infinite. */
  allFinite(x: Tensor): boolean

  /** One Adam update of a leaf: new moments, and m_hat / (sqrt(v_hat) + epsilon). */
  adam(
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    constants: AdamConstants
  ): { readonly update: Tensor; readonly m: Tensor; readonly v: Tensor }
  /** One RMSprop update of a leaf: v <- decay v + (1 - decay) g^2, and g / (sqrt(v) + epsilon). */
  rmsprop(grad: Tensor, v: Tensor, constants: RmspropConstants): { readonly update: Tensor; readonly v: Tensor }
}
