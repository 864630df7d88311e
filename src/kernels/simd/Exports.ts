/**
 * What the WebAssembly module exports: functions over pointers (bytes into its memory), and operations. Each is described
 * where it is written, in `assembly/`.
 */
import type { Constant, Operations } from "./OperationName.ts"

export interface Exports extends Operations {
  readonly heapBase: Constant
  readonly BLOCK: Constant
  readonly SLOTS: Constant
  readonly POOL_BYTES: Constant
  setBuffers(pointer: number): void
  /** Whether products are made of wide tiles where they can be, to the same bits. */
  setPairs(on: boolean): void
  setPool(pool: number, rounds: number, maySleep: boolean, worth: number): void
  work(pool: number): void
  stopWorkers(pool: number): void
  loseWorkers(pool: number): void
  isLost(pool: number): number
  run(groups: number, blocks: number, work: number): void
  /** Copies n floats, and writes so many zeros behind them. */
  copy(from: number, to: number, n: number, zeros: number): void
  /** Bytes of `tmp` for each of the three products of a linear map. */
  affineTmp(rows: number, inputs: number, outputs: number): number
  affineWeightGradTmp(rows: number, inputs: number, outputs: number): number
  affineInputGradTmp(rows: number, inputs: number, outputs: number): number
  affine(
    x: number,
    weight: number,
    bias: number,
    y: number,
    rows: number,
    inputs: number,
    outputs: number,
    tmp: number
  ): void
  /** 1 where `affineOfRelu` may be called, else 0. */
  affineTakesRelu(rows: number, outputs: number): number
  affineOfRelu(x: number, weight: number, bias: number, y: number, rows: number, inputs: number, outputs: number): void
  affineWeightGrad(x: number, dy: number, dw: number, rows: number, inputs: number, outputs: number, tmp: number): void
  scaleFirst(x: number, by: number, out: number, units: number, length: number): void
  scaleLast(x: number, by: number, out: number, rows: number, places: number, channels: number): void
  affineBiasGrad(dy: number, db: number, rows: number, outputs: number): void
  affineInputGrad(
    dy: number,
    weight: number,
    dx: number,
    rows: number,
    inputs: number,
    outputs: number,
    tmp: number
  ): void

  /** What the calls of convolutions and poolings to come are about; a pooling has as many outputs and groups as channels. */
  setGeometry(
    rows: number,
    channels: number,
    height: number,
    width: number,
    outputs: number,
    groups: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    paddingY: number,
    paddingX: number,
    dilationY: number,
    dilationX: number
  ): void
  /** Bytes of `tmp` for each of the three products of a convolution. */
  conv2dTmp(): number
  conv2dWeightGradTmp(): number
  conv2dInputGradTmp(): number
  conv2d(x: number, weight: number, bias: number, y: number, tmp: number): void
  conv2dWeightGrad(x: number, dy: number, dw: number, tmp: number): void
  conv2dBiasGrad(dy: number, db: number, rows: number, outputs: number, places: number): void
  conv2dInputGrad(dy: number, weight: number, dx: number, tmp: number): void
  maxPool(x: number, y: number): void
  averagePool(x: number, y: number): void
  maxPoolVjp(x: number, dy: number, dx: number): void
  averagePoolVjp(dy: number, dx: number): void

  normals(out: number, n: number): void
  uniform(out: number, n: number, key0: number, key1: number, low: number, high: number): void

  /** Elements for each of which a reduction wants one float64 at `partials`. */
  readonly REDUCTION_BLOCK: Constant
  sum(x: number, n: number, partials: number): number
  dot(x: number, y: number, n: number, partials: number): number
  allFinite(x: number, n: number, partials: number): number
  /** A step is 1, or 0 where one number serves every element. */
  normalKl(
    mean: number,
    logStd: number,
    priorMean: number,
    meanStep: 0 | 1,
    priorLogStd: number,
    logStdStep: 0 | 1,
    n: number,
    partials: number
  ): number
  normalKlByPriorMean(
    mean: number,
    logStd: number,
    priorMean: number,
    priorLogStd: number,
    logStdStep: 0 | 1,
    n: number,
    partials: number
  ): number
  normalKlByPriorLogStd(
    mean: number,
    logStd: number,
    priorMean: number,
    meanStep: 0 | 1,
    priorLogStd: number,
    n: number,
    partials: number
  ): number

  /** Likelihoods. scales: how many elements logScale has; weights of the rows and of the classes: 0 for none. */
  locationScaleTmp(rows: number, T: number): number
  /** df: Infinity for normal noise; peak: the logarithm of the noise's density at 0. */
  locationScaleNll(
    output: number,
    target: number,
    logScale: number,
    scales: number,
    weights: number,
    rows: number,
    T: number,
    tmp: number,
    df: number,
    peak: number
  ): number
  locationScaleNllGrad(
    output: number,
    target: number,
    logScale: number,
    scales: number,
    weights: number,
    rows: number,
    T: number,
    dOutput: number,
    dLogScale: number,
    tmp: number,
    df: number
  ): void
  bernoulliTmp(rows: number, T: number): number
  bernoulliNll(
    output: number,
    target: number,
    positiveWeight: number,
    weights: number,
    rows: number,
    T: number,
    tmp: number
  ): number
  bernoulliNllGrad(
    output: number,
    target: number,
    positiveWeight: number,
    weights: number,
    rows: number,
    T: number,
    dOutput: number,
    tmp: number
  ): void
  poissonTmp(rows: number, T: number): number
  /** Without the logarithms of the counts' factorials. */
  poissonNll(output: number, target: number, weights: number, rows: number, T: number, tmp: number): number
  poissonNllGrad(
    output: number,
    target: number,
    weights: number,
    rows: number,
    T: number,
    dOutput: number,
    tmp: number
  ): void
  categoricalTmp(C: number): number
  /** The sum, or -1 - row where that row's label is none. classWeights are float64. */
  categoricalNll(
    logits: number,
    labels: number,
    weights: number,
    classWeights: number,
    rows: number,
    C: number,
    tmp: number
  ): number
  /** -1, or the first row whose label is none. */
  categoricalNllGrad(
    logits: number,
    labels: number,
    weights: number,
    classWeights: number,
    rows: number,
    C: number,
    out: number,
    tmp: number
  ): number

  /** Log densities: c1, c2 and peak are logarithms of densities at the mean, the first two of the weighted parts. */
  mixtureLogDensity(x: number, n: number, std1: number, std2: number, c1: number, c2: number, partials: number): number
  laplaceKl(
    mean: number,
    logStd: number,
    n: number,
    priorMean: number,
    scale: number,
    constant: number,
    partials: number
  ): number
  laplaceLogDensity(x: number, n: number, mean: number, scale: number, peak: number, partials: number): number
  studentTLogDensity(
    x: number,
    n: number,
    mean: number,
    scale: number,
    df: number,
    peak: number,
    partials: number
  ): number
}
